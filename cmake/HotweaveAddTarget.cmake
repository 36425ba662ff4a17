# SPDX-License-Identifier: GPL-2.0-only OR MIT
# hotweave_add_target(): programs from targets, in this tree and out of it.
# Needs the libraries hotweave::{runtime,fuzz,cli_main,fuzzer_main}, from the build or from an installation.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/HotweaveTargetFlags.cmake)

# hotweave_add_cli(NAME objects...)
# The `hotweave` command line with the targets of these object libraries (hotweave_target_objects).
function(hotweave_add_cli name)
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/${name}.empty.cc" "")
  add_executable(${name} "${CMAKE_CURRENT_BINARY_DIR}/${name}.empty.cc")
  hotweave_link_targets(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,hotweave::cli_main>" hotweave::fuzz
                        hotweave::runtime hotweave::libfuzzer)
  # `replay --gdb` looks for it beside the program.
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${HOTWEAVE_GDB_SCRIPT}")
  add_custom_command(TARGET ${name} POST_BUILD VERBATIM
    COMMAND ${CMAKE_COMMAND} -E copy_if_different "${HOTWEAVE_GDB_SCRIPT}" "$<TARGET_FILE_DIR:${name}>/hotweave_gdb.py")
endfunction()

# hotweave_add_fuzzer(NAME OBJECTS objects... [TARGET target] [PROFILE profile])
# A libFuzzer program. It takes plain libFuzzer flags; TARGET@PROFILE is what it fuzzes unless told
# otherwise (without TARGET: the program's only one). $LIB_FUZZING_ENGINE, if set when the build is
# configured, takes the place of -fsanitize=fuzzer, as OSS-Fuzz wants it.
function(hotweave_add_fuzzer name)
  cmake_parse_arguments(ARG "" "TARGET;PROFILE" "OBJECTS" ${ARGN})
  set(default "${ARG_TARGET}")
  if(ARG_PROFILE)
    string(APPEND default "@${ARG_PROFILE}")
  endif()
  file(CONFIGURE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${name}.default.cc" @ONLY CONTENT
    "extern \"C\" const char* hotweave_fuzzer_default_target;\nconst char* hotweave_fuzzer_default_target = \"@default@\";\n")
  add_executable(${name} "${CMAKE_CURRENT_BINARY_DIR}/${name}.default.cc")
  hotweave_link_targets(${name} ${ARG_OBJECTS})
  target_link_libraries(${name} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,hotweave::fuzzer_main>" hotweave::fuzz
                        hotweave::runtime)
  if(DEFINED ENV{LIB_FUZZING_ENGINE})
    separate_arguments(engine UNIX_COMMAND "$ENV{LIB_FUZZING_ENGINE}")
    target_link_libraries(${name} PRIVATE ${engine})
  else()
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()

# hotweave_add_target(NAME SOURCES a.c b.cc... [INCLUDE_DIRECTORIES dir...])
# Compiles the sources, C or C++, as target code and makes two programs of them:
#   NAME          the hotweave command line (list, fuzz, replay...) with just these targets
#   NAME_fuzzer   the same for libFuzzer and the farms that drive it
function(hotweave_add_target name)
  cmake_parse_arguments(ARG "" "" "SOURCES;INCLUDE_DIRECTORIES" ${ARGN})
  if(NOT ARG_SOURCES)
    message(FATAL_ERROR "hotweave_add_target(${name}): no SOURCES")
  endif()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "hotweave_add_target(${name}): what is ${ARG_UNPARSED_ARGUMENTS}?")
  endif()
  hotweave_target_objects(${name}_objects SOURCES ${ARG_SOURCES} INCLUDE_DIRECTORIES ${ARG_INCLUDE_DIRECTORIES})
  hotweave_add_cli(${name} ${name}_objects)
  hotweave_add_fuzzer(${name}_fuzzer OBJECTS ${name}_objects)
endfunction()
