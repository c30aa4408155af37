# SPDX-License-Identifier: MIT
# Build options and the flags that every target is compiled with.

option(TANDEM_WERROR "Treat compiler warnings as errors" OFF)
set(TANDEM_SANITIZE "" CACHE STRING "Sanitizers: address;undefined, thread, or empty")
option(TANDEM_COVERAGE "Count which lines the tests reach" OFF)
option(TANDEM_OWN_LLVM "Put LLVM and clang into what uses them, where their archives are" ON)
set(TANDEM_VENDOR_DIR /etc/OpenCL/vendors CACHE PATH
	"Where the OpenCL loader looks for vendor files")

# Debian's linker searches the architecture's folder in /usr/local too, so that installed
# files lie alike for every prefix, and in a package.
if(EXISTS /etc/debian_version AND CMAKE_LIBRARY_ARCHITECTURE AND
   NOT DEFINED CMAKE_INSTALL_LIBDIR)
	set(CMAKE_INSTALL_LIBDIR lib/${CMAKE_LIBRARY_ARCHITECTURE} CACHE STRING
		"Where libraries are installed, below the prefix")
endif()

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
	set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_compile_definitions(_GNU_SOURCE CL_TARGET_OPENCL_VERSION=300
	CL_USE_DEPRECATED_OPENCL_1_0_APIS CL_USE_DEPRECATED_OPENCL_1_1_APIS
	CL_USE_DEPRECATED_OPENCL_1_2_APIS CL_USE_DEPRECATED_OPENCL_2_0_APIS
	CL_USE_DEPRECATED_OPENCL_2_1_APIS CL_USE_DEPRECATED_OPENCL_2_2_APIS)
add_compile_options($<$<COMPILE_LANGUAGE:C>:-Wall>
	$<$<COMPILE_LANGUAGE:C>:-Wextra>
	$<$<COMPILE_LANGUAGE:C>:-Wshadow>
	$<$<COMPILE_LANGUAGE:C>:-Wundef>
	$<$<COMPILE_LANGUAGE:C>:-Wvla>
	$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
	$<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
	$<$<COMPILE_LANGUAGE:C>:-Wpointer-arith>
	$<$<COMPILE_LANGUAGE:C>:-Wno-unused-parameter>
	$<$<COMPILE_LANGUAGE:C>:-Wno-missing-field-initializers>)
if((TANDEM_SANITIZE OR TANDEM_COVERAGE) AND
   NOT CMAKE_C_COMPILER_ID STREQUAL CMAKE_CXX_COMPILER_ID)
	message(FATAL_ERROR "Sanitizers and coverage need compilers of one make: "
		"set CMAKE_CXX_COMPILER beside CMAKE_C_COMPILER.")
endif()
if(TANDEM_WERROR)
	add_compile_options($<$<COMPILE_LANGUAGE:C>:-Werror>)
endif()
if(TANDEM_SANITIZE)
	string(REPLACE ";" "," sanitizers "${TANDEM_SANITIZE}")
	add_compile_options($<$<COMPILE_LANGUAGE:C>:-fsanitize=${sanitizers}>
		$<$<COMPILE_LANGUAGE:C>:-fno-omit-frame-pointer>
		$<$<COMPILE_LANGUAGE:C>:-fno-sanitize-recover=all>)
	add_link_options(-fsanitize=${sanitizers})
	# Applies to every test, whatever starts it.
	set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES
		${CMAKE_CURRENT_LIST_DIR}/TandemTestSanitizers.cmake)
endif()
if(TANDEM_COVERAGE)
	add_compile_options($<$<COMPILE_LANGUAGE:C>:--coverage>)
	add_link_options(--coverage)
endif()
