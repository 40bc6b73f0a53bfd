# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: The wfpwatch authors
execute_process(COMMAND ${PYTHON} ${SCRIPT} ${FACTS} header OUTPUT_VARIABLE made RESULT_VARIABLE status)
file(READ ${LIST} kept)
if(NOT status EQUAL 0 OR NOT made STREQUAL kept)
  message(FATAL_ERROR "layout_asserts.h is not what layout.py makes of the facts")
endif()
