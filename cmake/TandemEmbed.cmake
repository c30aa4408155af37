# SPDX-License-Identifier: MIT

# tandem_embed(TARGET SYMBOL FILE [DEPENDS ...])
# Puts the bytes of FILE into TARGET as the hidden array SYMBOL, followed by a
# zero byte that SYMBOL_size (a size_t) does not count, so that text can be used
# as a C string. The declaration to use is
#	extern const char SYMBOL[]; extern const size_t SYMBOL_size;
function(tandem_embed target symbol file)
	cmake_parse_arguments(arg "" "" "DEPENDS" ${ARGN})
	get_filename_component(path ${file} ABSOLUTE)
	set(assembly ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.S)
	file(CONFIGURE OUTPUT ${assembly} @ONLY CONTENT [[
	.section .rodata
	.balign 16
	.hidden @symbol@
	.global @symbol@
@symbol@:
	.incbin "@path@"
.Lend:
	.byte 0
	.balign 8
	.hidden @symbol@_size
	.global @symbol@_size
@symbol@_size:
	.quad .Lend - @symbol@
	.section .note.GNU-stack,"",%progbits
]])
	set_source_files_properties(${assembly} PROPERTIES OBJECT_DEPENDS "${path};${arg_DEPENDS}")
	target_sources(${target} PRIVATE ${assembly})
endfunction()
