# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
#
# cmake -DLINKAGE=static|dynamic -DFEATURES=... -DOUT=folder -P vcpkg_mock.cmake: runs the port with stand-ins for
# vcpkg's functions that it calls, which install into OUT as vcpkg's own do; vcpkg itself is not needed.
cmake_minimum_required(VERSION 3.21)
set(VCPKG_LIBRARY_LINKAGE ${LINKAGE})
set(CURRENT_PACKAGES_DIR ${OUT}/package)
file(REMOVE_RECURSE ${CURRENT_PACKAGES_DIR})

function(vcpkg_check_features)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "OUT_FEATURE_OPTIONS" "FEATURES")
  set(options)
  while(arg_FEATURES)
    list(POP_FRONT arg_FEATURES feature variable)
    set(value OFF)
    if(feature IN_LIST FEATURES)
      set(value ON)
    endif()
    list(APPEND options -D${variable}=${value})
  endwhile()
  set(${arg_OUT_FEATURE_OPTIONS} ${options} PARENT_SCOPE)
endfunction()

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${arg_SOURCE_PATH} -B ${OUT}/build -G Ninja -DCMAKE_BUILD_TYPE=Debug
    -DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR} -DCMAKE_INSTALL_LIBDIR=lib ${arg_OPTIONS}
    ERROR_VARIABLE said RESULT_VARIABLE failed)
  if(failed OR said MATCHES "not used by the project")
    message(FATAL_ERROR "configuring: ${said}")
  endif()
endfunction()

function(vcpkg_cmake_install)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${OUT}/build --target install COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH" "")
  if(NOT EXISTS ${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/wfpwatch-config.cmake)
    message(FATAL_ERROR "${arg_CONFIG_PATH} has no wfpwatch-config.cmake")
  endif()
endfunction()

function(vcpkg_fixup_pkgconfig)
endfunction()

function(vcpkg_copy_tools)
  cmake_parse_arguments(PARSE_ARGV 0 arg "AUTO_CLEAN" "" "TOOL_NAMES")
  foreach(tool IN LISTS arg_TOOL_NAMES)
    if(NOT EXISTS ${CURRENT_PACKAGES_DIR}/bin/${tool})
      message(FATAL_ERROR "there is no tool ${tool}")
    endif()
  endforeach()
endfunction()

function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  foreach(file IN LISTS arg_FILE_LIST)
    if(NOT EXISTS ${file})
      message(FATAL_ERROR "there is no ${file}")
    endif()
  endforeach()
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/../../packaging/vcpkg/wfpwatch/portfile.cmake)
