# SPDX-License-Identifier: MIT
# Makes of the staged installation what Debian's policy asks of a package. Run by CPack.

set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(doc ${root}/usr/share/doc/${CPACK_PACKAGE_NAME})

function(run)
	execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(RENAME ${root}/usr/share/doc/tandem ${doc})
file(REMOVE ${doc}/LICENSE) # the copyright file has it
file(COPY_FILE ${CPACK_TANDEM_SOURCE_DIR}/packaging/debian/copyright ${doc}/copyright)
file(RENAME ${doc}/ChangeLog ${doc}/changelog)
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(version ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
file(WRITE ${doc}/changelog.Debian
"${CPACK_PACKAGE_NAME} (${version}) unstable; urgency=medium

  * Built from the sources of Tandem ${CPACK_PACKAGE_VERSION}. See changelog.gz.

 -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${date}
")

file(MAKE_DIRECTORY ${root}/usr/share/lintian/overrides)
file(COPY_FILE ${CPACK_TANDEM_SOURCE_DIR}/packaging/debian/lintian-overrides
	${root}/usr/share/lintian/overrides/${CPACK_PACKAGE_NAME})

file(GLOB texts ${doc}/changelog* ${root}/usr/share/man/man*/*)
run(gzip -9n ${texts})

file(GLOB_RECURSE binaries LIST_DIRECTORIES false
	${root}/usr/bin/* ${root}/usr/lib/*.so* ${root}/usr/lib/*/tandem/*)
foreach(binary IN LISTS binaries)
	if(NOT IS_SYMLINK ${binary})
		run(${CPACK_TANDEM_STRIP} --strip-unneeded
			--remove-section=.comment --remove-section=.note ${binary})
	endif()
endforeach()

file(CHMOD_RECURSE ${root}/usr/share
	FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ
	DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
		GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
