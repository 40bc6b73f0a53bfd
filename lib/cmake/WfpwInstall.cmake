# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# What "cmake --install" puts where: find_package(wfpwatch), pkg-config, the pages, the tool. The components
# library, simulator, development, tool and python are packages of their own (packaging/).
include(CMakePackageConfigHelpers)
set(lib_build ${PROJECT_BINARY_DIR}/lib)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/wfpwatch)

# wfpw_install_library(TARGET KIND COMPONENT): the library, and a file of targets for its kind.
function(wfpw_install_library target kind component)
  install(TARGETS ${target} EXPORT wfpwatch_${kind}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${component}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${component} NAMELINK_COMPONENT development
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
  install(EXPORT wfpwatch_${kind} NAMESPACE wfpwatch:: FILE wfpwatch-${kind}.cmake
    DESTINATION ${package_dir} COMPONENT development)
endfunction()
if(WFPW_SHARED_LIBRARIES)
  wfpw_install_library(wfpwatch shared library)
  wfpw_install_library(wfpwatch_sim sim_shared simulator)
endif()
if(WFPW_STATIC_LIBRARIES)
  wfpw_install_library(wfpwatch_static static development)
  wfpw_install_library(wfpwatch_sim_static sim_static development)
endif()
install(DIRECTORY include/wfpwatch DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)

# ---- find_package(wfpwatch) ----
set(static_dependencies)
if(NOT WIN32)
  list(APPEND static_dependencies Threads)
endif()
if(WFPW_FILES AND NOT WFPW_BUNDLE)
  list(APPEND static_dependencies ZLIB EXPAT)
endif()
configure_package_config_file(lib/cmake/wfpwatch-config.cmake.in
  ${lib_build}/wfpwatch-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${lib_build}/wfpwatch-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${lib_build}/wfpwatch-config.cmake ${lib_build}/wfpwatch-config-version.cmake
  DESTINATION ${package_dir} COMPONENT development)

# ---- pkg-config ----
# Where the prefix is, seen from the file: a tree that was moved is found all the same.
set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR} OR IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
  set(pc_libdir ${CMAKE_INSTALL_FULL_LIBDIR})
  set(pc_includedir ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
  file(RELATIVE_PATH up /${pc_dir} /)
  string(REGEX REPLACE "/$" "" up ${up})
  set(pc_prefix "\${pcfiledir}/${up}")
  set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
# Not Requires.private: pkg-config would want zlib's and expat's files for the shared library as well.
set(pc_private)
if(NOT WIN32)
  list(APPEND pc_private ${CMAKE_THREAD_LIBS_INIT})
endif()
if(WFPW_FILES AND NOT WFPW_BUNDLE)
  list(APPEND pc_private -lexpat -lz)
endif()
if(MINGW AND NOT WFPW_BUNDLE)
  list(APPEND pc_private -lssp)
endif()
list(JOIN pc_private " " pc_private)
foreach(name IN ITEMS wfpwatch wfpwatch_sim)
  configure_file(lib/cmake/${name}.pc.in ${lib_build}/${name}.pc @ONLY)
  install(FILES ${lib_build}/${name}.pc DESTINATION ${pc_dir} COMPONENT development)
endforeach()

# ---- pages, examples, and what belongs to the tool ----
if(NOT WFPW_DEB) # where it is in the file "copyright"
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)
endif()
install(FILES README.md CHANGELOG.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT development)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs COMPONENT development FILES_MATCHING PATTERN *.md
  PATTERN man EXCLUDE PATTERN site EXCLUDE PATTERN architecture EXCLUDE
  PATTERN architecture.md EXCLUDE PATTERN releasing.md EXCLUDE)
install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT development
  FILES_MATCHING PATTERN *.c PATTERN README.md PATTERN cli EXCLUDE)
set(manual docs/man)
if(WFPW_DEB) # which has them packed
  set(manual ${PROJECT_BINARY_DIR}/man)
  foreach(page IN ITEMS libwfpwatch.3 wfpwatch.1)
    configure_file(docs/man/${page} ${manual}/${page} COPYONLY)
    execute_process(COMMAND gzip -9nkf ${manual}/${page} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  set(packed .gz)
endif()
install(FILES ${manual}/libwfpwatch.3${packed} DESTINATION ${CMAKE_INSTALL_MANDIR}/man3 COMPONENT development)
if(WFPW_TOOL)
  install(TARGETS wfpwatch_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tool)
  install(FILES ${manual}/wfpwatch.1${packed} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tool)
endif()
if(WFPW_TOOL AND NOT CMAKE_CROSSCOMPILING AND NOT WIN32)
  set(completions)
  foreach(pair IN ITEMS bash:bash-completion/completions/wfpwatch zsh:zsh/site-functions/_wfpwatch
      fish:fish/vendor_completions.d/wfpwatch.fish)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 shell)
    list(GET pair 1 place)
    set(made ${PROJECT_BINARY_DIR}/completions/${place})
    get_filename_component(folder ${made} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(OUTPUT ${made} COMMAND wfpwatch_tool completion ${shell} >${made} DEPENDS wfpwatch_tool)
    list(APPEND completions ${made})
  endforeach()
  add_custom_target(wfpwatch_completions ALL DEPENDS ${completions})
  install(DIRECTORY ${PROJECT_BINARY_DIR}/completions/ DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT tool)
endif()
