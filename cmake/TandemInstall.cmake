# SPDX-License-Identifier: MIT
# What is installed, and where: cmake --install, the target uninstall, and tests of both.

set(packaging ${CMAKE_SOURCE_DIR}/packaging)

install(TARGETS tandem
	LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} NAMELINK_SKIP)
# Where the library looks for it: beside itself, in a folder of its own.
install(TARGETS tandem_backend tandem_backend_run
	LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/tandem
	RUNTIME DESTINATION ${CMAKE_INSTALL_LIBDIR}/tandem)
if(TANDEM_HAS_COMPILE_SERVER)
	install(TARGETS tandem_clang_server DESTINATION ${CMAKE_INSTALL_LIBDIR}/tandem)
	set_target_properties(tandem_clang_server PROPERTIES
		INSTALL_RPATH "" BUILD_WITH_INSTALL_RPATH ON)
endif()
# Without a path to LLVM: where that is a library, Debian's is where the linker looks. Neither
# has the build tree, where CMake's would have an empty entry, which stands for any folder.
set_target_properties(tandem tandem_backend PROPERTIES
	INSTALL_RPATH "" BUILD_WITH_INSTALL_RPATH ON)

install(PROGRAMS $<TARGET_FILE:svmbench>
	DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME tandem-svmbench)

configure_file(${packaging}/man/tandem.7.in ${CMAKE_BINARY_DIR}/install/tandem.7 @ONLY)
configure_file(${packaging}/man/tandem-svmbench.1.in
	${CMAKE_BINARY_DIR}/install/tandem-svmbench.1 @ONLY)
# What the queries are answered from says it.
add_executable(tandem-features-page ${packaging}/man/features_page.c)
target_link_libraries(tandem-features-page PRIVATE tandem_runtime)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/install/tandem-features.7
	COMMAND tandem-features-page ${PROJECT_VERSION}
		> ${CMAKE_BINARY_DIR}/install/tandem-features.7
	VERBATIM)
add_custom_target(tandem-features-page-made ALL
	DEPENDS ${CMAKE_BINARY_DIR}/install/tandem-features.7)
install(FILES ${CMAKE_BINARY_DIR}/install/tandem.7 ${CMAKE_BINARY_DIR}/install/tandem-features.7
	DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)
install(FILES ${CMAKE_BINARY_DIR}/install/tandem-svmbench.1
	DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

install(FILES README.md ARCHITECTURE.md ChangeLog LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES
	samples/01_svm_atomics.c samples/01_svm_atomics.cl
	samples/02_svm_linked_list.c samples/02_svm_linked_list.cl
	samples/03_svm_ring.c samples/03_svm_ring.cl
	samples/common.h
	cmake/TandemEmbed.cmake
	packaging/examples/CMakeLists.txt
	DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(DIRECTORY samples/common DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

# These hold paths that depend on the prefix, which is known only while installing.
configure_file(${packaging}/install_paths.cmake.in
	${CMAKE_BINARY_DIR}/install/install_paths.cmake @ONLY)
install(SCRIPT ${CMAKE_BINARY_DIR}/install/install_paths.cmake)

add_custom_target(uninstall
	COMMAND ${CMAKE_COMMAND}
		-DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt
		-P ${packaging}/uninstall.cmake
	COMMENT "Removing what was installed"
	VERBATIM)

# --- tests ---

# Once is enough: what is installed does not depend on a sanitizer.
if(NOT BUILD_TESTING OR TANDEM_SANITIZE)
	return()
endif()
add_test(NAME man_options
	COMMAND ${packaging}/tests/man_options.sh
		${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR} $<TARGET_FILE:01_svm_atomics>)
add_test(NAME man_features
	COMMAND ${packaging}/tests/man_features.sh ${CMAKE_BINARY_DIR})
add_test(NAME install
	COMMAND ${packaging}/tests/install.sh
		${CMAKE_COMMAND} ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}
		${CMAKE_INSTALL_LIBDIR} ${TANDEM_VENDOR_DIR})
add_test(NAME readme_program
	COMMAND ${packaging}/tests/readme_program.sh
		${CMAKE_SOURCE_DIR}/README.md ${CMAKE_BINARY_DIR}/vendors ${CMAKE_C_COMPILER})
set_tests_properties(man_options man_features install readme_program PROPERTIES
	LABELS install TIMEOUT 1800 SKIP_RETURN_CODE 77)
# It writes to files of the build folder, as making the package does.
set_tests_properties(install PROPERTIES RESOURCE_LOCK installation)
