# SPDX-License-Identifier: GPL-2.0-only OR MIT
# The parts from the shelf that hotweave's libraries link, as imported targets; used by the build and by
# find_package(hotweave) alike, so that both look in the same places. Header-only parts are the build's affair.
#
# Defines: hotweave::fcontext (Boost.Context, static), hotweave::xxhash, hotweave::dw (libdw and libelf),
# hotweave::libfuzzer (libFuzzer without its main function). HOTWEAVE_READELF: a readelf.
include_guard(GLOBAL)

function(hotweave_import name)
  cmake_parse_arguments(ARG "" "HEADER;PACKAGE" "LIBRARIES" ${ARGN})
  if(TARGET hotweave::${name})
    return()
  endif()
  add_library(hotweave::${name} INTERFACE IMPORTED GLOBAL)
  foreach(library IN LISTS ARG_LIBRARIES)
    string(MAKE_C_IDENTIFIER "HOTWEAVE_LIBRARY_${library}" variable)
    find_library(${variable} NAMES ${library})
    mark_as_advanced(${variable})
    if(NOT ${variable})
      message(FATAL_ERROR "hotweave: ${library} is missing (Debian: apt-get install ${ARG_PACKAGE})")
    endif()
    target_link_libraries(hotweave::${name} INTERFACE ${${variable}})
  endforeach()
  if(ARG_HEADER)
    string(MAKE_C_IDENTIFIER "HOTWEAVE_HEADER_${name}" variable)
    find_path(${variable} NAMES ${ARG_HEADER})
    mark_as_advanced(${variable})
    if(NOT ${variable})
      message(FATAL_ERROR "hotweave: <${ARG_HEADER}> is missing (Debian: apt-get install ${ARG_PACKAGE})")
    endif()
  endif()
endfunction()

# libFuzzer belongs to the compiler, which knows where it is; its name depends on the distribution's layout.
function(hotweave_import_libfuzzer)
  foreach(file libclang_rt.fuzzer_no_main-${CMAKE_SYSTEM_PROCESSOR}.a libclang_rt.fuzzer_no_main.a)
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${file}
                    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(IS_ABSOLUTE "${path}" AND EXISTS "${path}")
      add_library(hotweave::libfuzzer INTERFACE IMPORTED GLOBAL)
      target_link_libraries(hotweave::libfuzzer INTERFACE "${path}" pthread dl m)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "hotweave: ${CMAKE_CXX_COMPILER} has no libFuzzer "
                      "(Debian: apt-get install libclang-rt-19-dev)")
endfunction()

function(hotweave_check_compilers)
  foreach(language C CXX)
    if(NOT CMAKE_${language}_COMPILER_ID STREQUAL "Clang" OR CMAKE_${language}_COMPILER_VERSION VERSION_LESS 19)
      message(FATAL_ERROR "hotweave: target code needs clang 19 or later, not ${CMAKE_${language}_COMPILER} "
        "(cmake -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19, in a new build folder)")
    endif()
  endforeach()
endfunction()

hotweave_check_compilers()
hotweave_import(fcontext LIBRARIES libboost_context.a HEADER boost/context/detail/fcontext.hpp
                PACKAGE libboost-context-dev)
hotweave_import(xxhash LIBRARIES libxxhash.a HEADER xxhash.h PACKAGE libxxhash-dev)
hotweave_import(dw LIBRARIES dw elf HEADER elfutils/libdwfl.h PACKAGE libdw-dev)
if(NOT TARGET hotweave::libfuzzer)
  hotweave_import_libfuzzer()
endif()
find_program(HOTWEAVE_READELF NAMES llvm-readelf-19 llvm-readelf readelf)
mark_as_advanced(HOTWEAVE_READELF)
if(NOT HOTWEAVE_READELF)
  message(FATAL_ERROR "hotweave: no readelf (Debian: apt-get install llvm-19)")
endif()
