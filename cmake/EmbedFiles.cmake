# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Text files as string constants of a program. With -P it writes the source, for hotweave_embed_files() below:
#   cmake -DOUTPUT=x.cc -DNAMESPACE=ns -DCONSTANTS="name=file|name=file+file…" -P EmbedFiles.cmake
# Files joined by "+" follow each other. No tool but cmake is needed.
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Written by cmake/EmbedFiles.cmake.\n#include <string_view>\nnamespace ${NAMESPACE} {\n")
  string(REPLACE "|" ";" CONSTANTS "${CONSTANTS}")
  foreach(constant IN LISTS CONSTANTS)
    string(REGEX MATCH "^([A-Za-z0-9_]+)=(.*)$" matched "${constant}")
    set(name "${CMAKE_MATCH_1}")
    string(REPLACE "+" ";" files "${CMAKE_MATCH_2}")
    string(APPEND text "extern const std::string_view ${name};\nconst std::string_view ${name} =")
    foreach(file IN LISTS files)
      file(READ "${file}" contents)
      string(APPEND text "\n    R\"hw_text(${contents})hw_text\"")
    endforeach()
    string(APPEND text ";\n")
  endforeach()
  file(WRITE "${OUTPUT}" "${text}}  // namespace ${NAMESPACE}\n")
  return()
endif()

include_guard(GLOBAL)
set(HOTWEAVE_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

# hotweave_embed_files(VARIABLE NAMESPACE name=file[+file…]…): VARIABLE becomes a source file that defines
# `const std::string_view name` in the namespace, made anew when a file changes.
function(hotweave_embed_files variable namespace)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${variable}.cc")
  string(REGEX REPLACE "(^|;)[A-Za-z0-9_]+=" "\\1" files "${ARGN}")
  string(REPLACE "+" ";" files "${files}")
  string(REPLACE ";" "|" constants "${ARGN}")
  add_custom_command(OUTPUT "${output}"
    COMMAND ${CMAKE_COMMAND} "-DOUTPUT=${output}" "-DNAMESPACE=${namespace}" "-DCONSTANTS=${constants}"
            -P "${HOTWEAVE_EMBED_SCRIPT}"
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    DEPENDS ${files} "${HOTWEAVE_EMBED_SCRIPT}" COMMENT "Embedding ${files}" VERBATIM)
  set(${variable} "${output}" PARENT_SCOPE)
endfunction()
