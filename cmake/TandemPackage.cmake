# SPDX-License-Identifier: MIT
# The Debian package: cpack -G DEB in the build folder.

set(TANDEM_MAINTAINER "The Tandem authors <tandem@example.org>" CACHE STRING
	"Name and address that the package names as its maintainer")

# A package of Debian 13 is newer than one of Debian 12: they need different libraries.
set(release 1)
if(EXISTS /etc/os-release)
	file(STRINGS /etc/os-release os_release REGEX "^(ID|VERSION_ID)=")
	string(REPLACE "\"" "" os_release "${os_release}")
	if("ID=debian" IN_LIST os_release AND os_release MATCHES "VERSION_ID=([0-9]+)")
		set(release 1~deb${CMAKE_MATCH_1})
	endif()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tandem-opencl-icd)
set(CPACK_PACKAGE_VENDOR "The Tandem authors")
set(CPACK_PACKAGE_CONTACT "${TANDEM_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "OpenCL runtime with SVM atomics between CPU and device")
set(CPACK_PACKAGE_DESCRIPTION
"Tandem is an implementation of OpenCL 3.1. Its speciality is shared virtual
memory with atomics: CPU threads and a kernel may do atomic operations on the
same words of ordinary memory at the same time, and nothing is lost.

This package has the library, which OpenCL loaders find by its vendor file,
with the host device: kernels run on the processor, as native code. And it has
programs to measure and to test OpenCL implementations, and to watch a GPU and
CPU threads work on the same memory.")
set(CPACK_STRIP_FILES OFF) # debian/finish.cmake does, for all files alike

# The vendor file's place does not depend on the prefix: only DESTDIR leads it elsewhere.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};tandem;Unspecified;/")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
	OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/packaging/debian/finish.cmake)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${release})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${TANDEM_MAINTAINER}")
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_PROVIDES opencl-icd)
# The libraries are found by dpkg-shlibdeps. The compiler is a program that is started.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS clang-${TANDEM_LLVM_MAJOR})
set(CPACK_DEBIAN_PACKAGE_SUGGESTS clinfo)
# What SPIR-V is read with, see TandemToolchain.cmake. Its programs are named by their packages.
if(TANDEM_LLVM_SPIRV_PATH)
	get_filename_component(translator ${TANDEM_LLVM_SPIRV_PATH} NAME)
	set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "spirv-tools, ${translator}")
endif()
file(WRITE ${CMAKE_BINARY_DIR}/install/conffiles "${TANDEM_VENDOR_DIR}/tandem.icd\n")
file(WRITE ${CMAKE_BINARY_DIR}/install/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
	${CMAKE_BINARY_DIR}/install/conffiles ${CMAKE_BINARY_DIR}/install/triggers)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# For debian/finish.cmake
set(CPACK_TANDEM_SOURCE_DIR ${CMAKE_SOURCE_DIR})
set(CPACK_TANDEM_STRIP ${CMAKE_STRIP})
include(CPack)

if(BUILD_TESTING AND NOT TANDEM_SANITIZE)
	set(tests ${CMAKE_SOURCE_DIR}/packaging/tests)
	add_test(NAME package
		COMMAND ${tests}/package.sh ${CMAKE_CPACK_COMMAND} ${CMAKE_BINARY_DIR}
			${CMAKE_INSTALL_LIBDIR} ${TANDEM_VENDOR_DIR} ${TANDEM_LLVM_MAJOR}
			${TANDEM_HAS_OWN_LLVM})
	add_test(NAME package_lintian COMMAND ${tests}/lintian.sh ${CMAKE_BINARY_DIR})
	set_tests_properties(package package_lintian PROPERTIES
		LABELS install TIMEOUT 1800 SKIP_RETURN_CODE 77)
	set_tests_properties(package PROPERTIES
		FIXTURES_SETUP package RESOURCE_LOCK installation COST 13)
	set_tests_properties(package_lintian PROPERTIES FIXTURES_REQUIRED package)
endif()
