# SPDX-License-Identifier: MIT
# Where functions of LLVM lie in what has LLVM in it.
#
# A compilation calls a twentieth of clang's functions and a quarter of the back end's. Where the
# archives have them, few lie on a page together, and the kernel maps each when it is reached:
# for most compilations that takes longer than what the functions do. So a program with the
# same functions is run while the compiler is built, and the linker puts those that it calls
# beside each other. It needs lld, which takes such a list, and valgrind.

find_program(TANDEM_LLD ld.lld PATHS /usr/lib/llvm-${TANDEM_LLVM_MAJOR}/bin NO_DEFAULT_PATH)
find_program(TANDEM_VALGRIND valgrind)
set(TANDEM_ORDERS_FUNCTIONS OFF)
# Valgrind fails on the debugging information that Debug leaves in.
if(TANDEM_HAS_OWN_LLVM AND NOT TANDEM_SANITIZE AND NOT TANDEM_COVERAGE AND
   NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
	if(TANDEM_LLD AND TANDEM_VALGRIND)
		set(TANDEM_ORDERS_FUNCTIONS ON)
	else()
		message(STATUS "Functions of LLVM lie where its archives have them: programs "
			"build slower than with lld-${TANDEM_LLVM_MAJOR} and valgrind")
	endif()
endif()

# tandem_order_functions(TARGET CALLER ARGUMENT... DEPENDS FILE...)
# Has the functions that the target @CALLER calls, a program, lie beside each other in @TARGET.
# It is run once: what LLVM does changes little with what calls it.
function(tandem_order_functions target caller)
	cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
	set(order ${CMAKE_CURRENT_BINARY_DIR}/${target}.order)
	add_custom_command(OUTPUT ${order}
		COMMAND ${CMAKE_SOURCE_DIR}/cmake/functions_called.sh ${TANDEM_VALGRIND} ${order}
			$<TARGET_FILE:${caller}> ${arg_UNPARSED_ARGUMENTS}
		DEPENDS ${arg_DEPENDS} ${CMAKE_SOURCE_DIR}/cmake/functions_called.sh
		COMMENT "Finding the functions that a compilation calls: ${target}"
		VERBATIM)
	add_custom_target(${target}_order DEPENDS ${order})
	add_dependencies(${target}_order ${caller})
	add_dependencies(${target} ${target}_order)
	target_link_options(${target} PRIVATE
		LINKER:--symbol-ordering-file=${order} LINKER:--no-warn-symbol-ordering)
	set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${order})
	tandem_link_with_lld(${target})
	tandem_link_with_lld(${caller})
endfunction()

function(tandem_link_with_lld target)
	get_filename_component(folder ${TANDEM_LLD} DIRECTORY)
	target_link_options(${target} PRIVATE -fuse-ld=lld -B${folder})
endfunction()
