# SPDX-License-Identifier: GPL-2.0-only OR MIT
# How target code is compiled: one pinned set of flags in every preset, build type and environment.
#
# Another optimisation level or another sanitizer changes how many accesses there are, and so what the n-th
# one is; schedules would mean something else. So everything that may have come from outside (CFLAGS of a
# fuzzing farm, the build type) is switched off before our own flags are given: the last one wins.
# Needs HOTWEAVE_INCLUDE_DIR and HOTWEAVE_CMAKE_DIR (set by whoever includes this file).
include_guard(GLOBAL)

set(HOTWEAVE_TARGET_FLAGS
  # Not from outside.
  -fno-sanitize=all
  -fno-sanitize-coverage=func,bb,edge,trace-pc,trace-pc-guard,trace-cmp,trace-div,trace-gep,trace-loads,trace-stores,indirect-calls,inline-bool-flag,stack-depth
  -fno-profile-instr-generate -fno-coverage-mapping -fno-lto -fno-pic -fno-pie -fno-stack-protector
  -U_FORTIFY_SOURCE -UNDEBUG -march=x86-64 -mtune=generic
  # Code: small enough for a non-PIE program, deterministic, with names to show.
  -O1 -g -fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-common -fno-exceptions -ftrivial-auto-var-init=zero
  # What kernel code takes for granted.
  -fno-strict-aliasing -fwrapv -fno-delete-null-pointer-checks
  # One call before each load and each store; the callbacks are runtime/memory's, not TSan's.
  -fsanitize=thread
  "SHELL:-mllvm -tsan-distinguish-volatile=1"
  "SHELL:-mllvm -tsan-instrument-read-before-write=1"
  # Feedback for the search.
  -fsanitize-coverage=inline-8bit-counters,pc-table)

# hotweave_target_objects(NAME [ARCHIVE] SOURCES a.c b.cc... [INCLUDE_DIRECTORIES dir...] [WARNINGS flag...])
# An object library of target code, and NAME_check, which fails the build (naming the symbol) if the
# objects hold state that would survive an execution. Objects, not an archive, because a target registers itself
# by being linked. ARCHIVE is for code that registers nothing: what a program does not call stays out of it.
function(hotweave_target_objects name)
  cmake_parse_arguments(ARG "ARCHIVE" "" "SOURCES;INCLUDE_DIRECTORIES;WARNINGS" ${ARGN})
  if(ARG_ARCHIVE)
    add_library(${name} STATIC ${ARG_SOURCES})
  else()
    add_library(${name} OBJECT ${ARG_SOURCES})
  endif()
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF INTERPROCEDURAL_OPTIMIZATION OFF
                        UNITY_BUILD OFF)
  target_include_directories(${name} PRIVATE ${ARG_INCLUDE_DIRECTORIES} "${HOTWEAVE_INCLUDE_DIR}")
  target_compile_options(${name} PRIVATE
    "$<$<COMPILE_LANGUAGE:C>:-std=gnu11>" "$<$<COMPILE_LANGUAGE:CXX>:-std=gnu++20>"
    ${HOTWEAVE_TARGET_FLAGS} ${ARG_WARNINGS}
    # No path of this machine in a trace, a report or a name: files are named from the top of the tree.
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=" "-ffile-prefix-map=${HOTWEAVE_INCLUDE_DIR}/=runtime/include/" -ffile-compilation-dir=.
    "SHELL:-include \"${HOTWEAVE_INCLUDE_DIR}/hotweave/target_prefix.h\"")
  set(stamp "${CMAKE_CURRENT_BINARY_DIR}/${name}.symbols-checked")
  add_custom_command(OUTPUT "${stamp}"
    COMMAND bash "${HOTWEAVE_CMAKE_DIR}/check_target_symbols.sh" "${HOTWEAVE_READELF}" "$<TARGET_OBJECTS:${name}>"
    COMMAND ${CMAKE_COMMAND} -E touch "${stamp}"
    DEPENDS "$<TARGET_OBJECTS:${name}>" "${HOTWEAVE_CMAKE_DIR}/check_target_symbols.sh"
    COMMENT "Checking ${name} for state outside hw_bss, hw_data and hw_percpu" COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(${name}_check DEPENDS "${stamp}")
endfunction()

# Makes an executable a fit home for target objects: not position-independent, with its symbols, all of
# target code linked whole and checked.
function(hotweave_link_targets executable)
  # Where reports find the source lines that they show (runtime/report/source.h).
  set(source_root "${CMAKE_CURRENT_BINARY_DIR}/${executable}.source_root.cc")
  file(CONFIGURE OUTPUT "${source_root}" @ONLY CONTENT
    "extern \"C\" const char* const hotweave_source_root;\nconst char* const hotweave_source_root = R\"hw(@CMAKE_SOURCE_DIR@)hw\";\n")
  target_sources(${executable} PRIVATE "${source_root}")
  foreach(objects IN LISTS ARGN)
    target_sources(${executable} PRIVATE $<TARGET_OBJECTS:${objects}>)
    add_dependencies(${executable} ${objects}_check)
  endforeach()
  set_target_properties(${executable} PROPERTIES POSITION_INDEPENDENT_CODE OFF LINKER_LANGUAGE CXX)
  target_link_options(${executable} PRIVATE -no-pie -fuse-ld=lld LINKER:-z,nostart-stop-gc)
  if(TARGET hotweave::driver_core)
    target_link_libraries(${executable} PRIVATE hotweave::driver_core)
  endif()
  target_link_libraries(${executable} PRIVATE hotweave::runtime)
endfunction()
