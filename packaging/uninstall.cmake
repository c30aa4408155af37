# SPDX-License-Identifier: MIT
# cmake -DMANIFEST=FILE -P uninstall.cmake
# Removes the files that an installation has listed in MANIFEST, below DESTDIR where the
# environment has it, and of their folders those that are Tandem's own and empty.

if(NOT EXISTS "${MANIFEST}")
	message(FATAL_ERROR "Nothing is known to be installed: there is no ${MANIFEST}.")
endif()
file(STRINGS "${MANIFEST}" files)
set(folders)
foreach(file IN LISTS files)
	set(path "$ENV{DESTDIR}${file}")
	if(NOT EXISTS "${path}" AND NOT IS_SYMLINK "${path}")
		message(STATUS "Not there any more: ${path}")
		continue()
	endif()
	message(STATUS "Removing ${path}")
	file(REMOVE "${path}")
	if(EXISTS "${path}" OR IS_SYMLINK "${path}")
		message(FATAL_ERROR "${path} cannot be removed")
	endif()
	get_filename_component(folder "${path}" DIRECTORY)
	list(APPEND folders "${folder}")
endforeach()
list(REMOVE_DUPLICATES folders)
# The innermost first.
list(SORT folders ORDER DESCENDING)
foreach(folder IN LISTS folders)
	file(GLOB left "${folder}/*" "${folder}/.*")
	if(folder MATCHES "/tandem(/|$)" AND IS_DIRECTORY "${folder}" AND NOT left)
		message(STATUS "Removing ${folder}")
		file(REMOVE_RECURSE "${folder}")
	endif()
endforeach()
