# SPDX-License-Identifier: MIT
# Finds what Tandem is built on: one LLVM with its clang, the OpenCL headers and
# loader, xxHash, libdrm. Sets
#	TANDEM_LLVM_MAJOR, TANDEM_LLVM_LIBRARY, TANDEM_LLVM_INCLUDE_DIR
#	TANDEM_HAS_OWN_LLVM	whether tandem_own_llvm() can be called
#	TANDEM_CLANG		the compiler that the runtime starts for OpenCL C

if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
	message(FATAL_ERROR
		"Tandem runs on x86-64 only, and this is ${CMAKE_SYSTEM_PROCESSOR}. What must be "
		"ported is in the files whose names end in _x86_64, listed in ARCHITECTURE.md.")
endif()
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
	message(FATAL_ERROR "Tandem runs on Linux only, and this is ${CMAKE_SYSTEM_NAME}.")
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

set(TANDEM_LLVM_VERSIONS 22 21 20 19)
set(TANDEM_LLVM_MAJOR "" CACHE STRING "LLVM release to build with (one of ${TANDEM_LLVM_VERSIONS})")
if(NOT TANDEM_LLVM_MAJOR)
	foreach(version IN LISTS TANDEM_LLVM_VERSIONS)
		if(EXISTS /usr/lib/llvm-${version}/include/llvm-c/Core.h AND
		   EXISTS /usr/lib/llvm-${version}/bin/clang)
			set(TANDEM_LLVM_MAJOR ${version} CACHE STRING "" FORCE)
			break()
		endif()
	endforeach()
endif()
if(NOT TANDEM_LLVM_MAJOR)
	message(FATAL_ERROR
		"No LLVM of release 19 to 22 with its clang was found in /usr/lib/llvm-*. "
		"On Debian 12: apt install clang-22 llvm-22-dev; "
		"on Debian 13: apt install clang-19 llvm-19-dev.")
endif()
set(llvm_root /usr/lib/llvm-${TANDEM_LLVM_MAJOR})
set(TANDEM_LLVM_INCLUDE_DIR ${llvm_root}/include)
find_library(TANDEM_LLVM_LIBRARY NAMES LLVM-${TANDEM_LLVM_MAJOR} LLVM
	PATHS ${llvm_root}/lib NO_DEFAULT_PATH REQUIRED)
find_program(TANDEM_CLANG clang PATHS ${llvm_root}/bin NO_DEFAULT_PATH REQUIRED)
message(STATUS "LLVM ${TANDEM_LLVM_MAJOR}: ${TANDEM_LLVM_LIBRARY}, ${TANDEM_CLANG}")

# Clang as a library, whose C++ interface is another one in each release, for the compile
# server. Without it clang is started for each program.
find_path(TANDEM_CLANG_INCLUDE_DIR clang/Frontend/CompilerInstance.h PATHS ${llvm_root}/include
	NO_DEFAULT_PATH)
find_library(TANDEM_CLANG_LIBRARY NAMES clang-cpp libclang-cpp.so.${TANDEM_LLVM_MAJOR}
	libclang-cpp.so.${TANDEM_LLVM_MAJOR}.1 PATHS ${llvm_root}/lib NO_DEFAULT_PATH)
if(TANDEM_LLVM_MAJOR MATCHES "^(19|22)$" AND TANDEM_CLANG_INCLUDE_DIR AND TANDEM_CLANG_LIBRARY)
	set(TANDEM_HAS_COMPILE_SERVER ON)
else()
	message(STATUS "No compile server: it needs libclang-19-dev or libclang-22-dev")
endif()

# LLVM as archives. A program that has taken what it uses from them starts in a fifth of the
# time that the dynamic linker needs for the libraries, and meets no other LLVM in its process.
file(GLOB llvm_archives ${llvm_root}/lib/libLLVM*.a)
file(GLOB clang_archives ${llvm_root}/lib/libclang*.a)
find_library(TANDEM_ZLIB NAMES z libz.so.1)
find_library(TANDEM_ZSTD NAMES zstd libzstd.so.1)
if(TANDEM_OWN_LLVM AND llvm_archives AND TANDEM_ZLIB AND TANDEM_ZSTD AND
   (clang_archives OR NOT TANDEM_HAS_COMPILE_SERVER))
	set(TANDEM_HAS_OWN_LLVM ON)
else()
	set(TANDEM_HAS_OWN_LLVM OFF)
	if(TANDEM_OWN_LLVM)
		message(STATUS "LLVM is loaded as a library: archives of LLVM and clang in "
			"${llvm_root}/lib, zlib and zstd are not all there")
	endif()
endif()

# Whether relocations can be kept in few bytes, which are read in no time.
include(CheckLinkerFlag)
check_linker_flag(C -Wl,-z,pack-relative-relocs TANDEM_HAS_PACKED_RELOCATIONS)

# tandem_own_llvm(TARGET [ARCHIVE...])
# Puts what @TARGET uses of LLVM, and of the other archives, into it; none of it is visible.
function(tandem_own_llvm target)
	target_link_libraries(${target} PRIVATE
		-Wl,--start-group ${ARGN} ${llvm_archives} -Wl,--end-group
		${TANDEM_ZSTD} ${TANDEM_ZLIB} Threads::Threads ${CMAKE_DL_LIBS} m)
	target_link_options(${target} PRIVATE
		LINKER:--gc-sections LINKER:--as-needed LINKER:--exclude-libs,ALL
		$<$<BOOL:${TANDEM_HAS_PACKED_RELOCATIONS}>:LINKER:-z,pack-relative-relocs>)
	# Some of Debian's archives have debugging information, of a kind that valgrind fails on.
	if(NOT TANDEM_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
		target_link_options(${target} PRIVATE LINKER:--strip-debug)
	endif()
endfunction()

# What SPIR-V is read with. The translator writes bitcode of its own release of LLVM, which
# the same or a newer one reads. Without these programs no device takes SPIR-V.
set(names "")
foreach(release RANGE 15 ${TANDEM_LLVM_MAJOR})
	list(PREPEND names llvm-spirv-${release})
endforeach()
find_program(TANDEM_LLVM_SPIRV NAMES ${names})
find_program(TANDEM_SPIRV_VAL spirv-val)
if(TANDEM_LLVM_SPIRV AND TANDEM_SPIRV_VAL)
	set(TANDEM_LLVM_SPIRV_PATH ${TANDEM_LLVM_SPIRV})
	set(TANDEM_SPIRV_VAL_PATH ${TANDEM_SPIRV_VAL})
	message(STATUS "SPIR-V: ${TANDEM_LLVM_SPIRV}, ${TANDEM_SPIRV_VAL}")
else()
	set(TANDEM_LLVM_SPIRV_PATH "")
	set(TANDEM_SPIRV_VAL_PATH "")
	message(STATUS "No SPIR-V: it needs the packages spirv-tools and llvm-spirv-N")
endif()

find_path(TANDEM_OPENCL_INCLUDE_DIR CL/cl_icd.h)
if(NOT TANDEM_OPENCL_INCLUDE_DIR)
	message(FATAL_ERROR "The OpenCL headers were not found: apt install opencl-c-headers.")
endif()
# Whether the loaders' table that the headers declare is that of OpenCL 3.1.
include(CheckStructHasMember)
set(CMAKE_REQUIRED_INCLUDES ${TANDEM_OPENCL_INCLUDE_DIR})
set(CMAKE_REQUIRED_DEFINITIONS -DCL_TARGET_OPENCL_VERSION=300)
check_struct_has_member(cl_icd_dispatch clGetKernelSuggestedLocalWorkSize CL/cl_icd.h
	TANDEM_TABLE_OF_3_1)
unset(CMAKE_REQUIRED_INCLUDES)
unset(CMAKE_REQUIRED_DEFINITIONS)
find_library(TANDEM_OPENCL_LOADER OpenCL)
if(NOT TANDEM_OPENCL_LOADER)
	message(FATAL_ERROR "No OpenCL loader was found: apt install ocl-icd-opencl-dev.")
endif()
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(DRM REQUIRED IMPORTED_TARGET libdrm)

# The OpenCL loader, for programs that are ordinary OpenCL applications.
add_library(tandem_opencl_loader INTERFACE)
target_link_libraries(tandem_opencl_loader INTERFACE ${TANDEM_OPENCL_LOADER})
target_include_directories(tandem_opencl_loader INTERFACE ${TANDEM_OPENCL_INCLUDE_DIR})
