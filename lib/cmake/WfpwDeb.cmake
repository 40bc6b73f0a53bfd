# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# Packages for Debian and its like, made by cpack of the preset "deb": the two shared libraries, what is needed to
# build against them, the tool, and the Python package.
set(soversion ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME wfpwatch)
set(CPACK_PACKAGE_VENDOR "The wfpwatch authors")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${WFPW_MAINTAINER})
set(CPACK_PACKAGE_FILE_NAME wfpwatch)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)

# wfpw_deb(COMPONENT PACKAGE SECTION DEPENDS SUMMARY TEXT)
macro(wfpw_deb component package section depends summary text)
  string(TOUPPER ${component} upper)
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${depends}")
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}\n${text}")
  foreach(kind IN ITEMS copyright changelog.Debian.gz)
    install(FILES ${PROJECT_BINARY_DIR}/deb/${kind} DESTINATION share/doc/${package} COMPONENT ${component})
  endforeach()
endmacro()
set(exact "(= ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})")
set(about "wfpwatch answers what Windows blocked, by which filter, for which\nprocess, and why. It reads Security logs and\
 dumps of netsh; what happens\non a Windows right now it reads there alone.")
wfpw_deb(library libwfpwatch${soversion} libs "" "why Windows blocked a connection (shared library)" "${about}")
wfpw_deb(simulator libwfpwatch-sim${soversion} libs "" "simulated Windows for tests of wfpwatch's users"
  "It stands for the Windows Filtering Platform where there is none.")
wfpw_deb(development libwfpwatch-dev libdevel
  "libwfpwatch${soversion} ${exact}, libwfpwatch-sim${soversion} ${exact}, libexpat1-dev, zlib1g-dev"
  "why Windows blocked a connection (development files)" "${about}")
wfpw_deb(tool wfpwatch utils "" "tell what Windows blocked, and why" "${about}")
wfpw_deb(python python3-wfpwatch python
  "python3 (>= 3.9), libwfpwatch${soversion} ${exact}, libwfpwatch-sim${soversion} ${exact}"
  "why Windows blocked a connection (Python package)" "${about}")
file(WRITE ${PROJECT_BINARY_DIR}/deb/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/deb/triggers)
set(CPACK_DEBIAN_SIMULATOR_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/deb/triggers)
set(CPACK_DEBIAN_PYTHON_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SHLIBDEPS OFF)
install(DIRECTORY bindings/python/src/wfpwatch DESTINATION lib/python3/dist-packages COMPONENT python
  FILES_MATCHING PATTERN *.py PATTERN py.typed PATTERN __pycache__ EXCLUDE)
file(WRITE ${PROJECT_BINARY_DIR}/deb/wfpwatch-${PROJECT_VERSION}.dist-info/METADATA
  "Metadata-Version: 2.1\nName: wfpwatch\nVersion: ${PROJECT_VERSION}\nLicense: MIT\nRequires-Python: >=3.9\n")
install(DIRECTORY ${PROJECT_BINARY_DIR}/deb/wfpwatch-${PROJECT_VERSION}.dist-info
  DESTINATION lib/python3/dist-packages COMPONENT python)

# What Debian wants beside each: the licence in its form, and a changelog.
find_program(GZIP gzip REQUIRED)
file(READ LICENSE licence)
string(REGEX REPLACE "^.*\n\n(Permission is)" "\\1" licence "${licence}")
string(REGEX REPLACE "\n\n" "\n.\n" licence "${licence}")
string(REGEX REPLACE "\n([^\n])" "\n \\1" licence "${licence}")
file(WRITE ${PROJECT_BINARY_DIR}/deb/copyright
  "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: wfpwatch

Files: *
Copyright: 2026 The wfpwatch authors
License: MIT

License: MIT
 ${licence}")
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE ${PROJECT_BINARY_DIR}/deb/changelog.Debian "wfpwatch (${PROJECT_VERSION}-1) unstable; urgency=medium

  * See CHANGELOG.md of libwfpwatch-dev.

 -- ${WFPW_MAINTAINER}  ${date}
")
execute_process(COMMAND ${GZIP} -9nkf ${PROJECT_BINARY_DIR}/deb/changelog.Debian COMMAND_ERROR_IS_FATAL ANY)
include(CPack)
