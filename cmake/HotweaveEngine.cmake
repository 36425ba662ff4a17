# SPDX-License-Identifier: GPL-2.0-only OR MIT
# How the engine (runtime/, fuzz/), its tests and benchmarks are compiled: the preset's flags.
# Not for target code: HotweaveTargetFlags.cmake.
include_guard(GLOBAL)

add_library(hotweave_engine_flags INTERFACE)
target_compile_features(hotweave_engine_flags INTERFACE cxx_std_20)
target_include_directories(hotweave_engine_flags INTERFACE
  "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/runtime" "${HOTWEAVE_INCLUDE_DIR}")
target_compile_options(hotweave_engine_flags INTERFACE
  -fno-pie -fno-omit-frame-pointer -Wall -Wextra
  "-ffile-prefix-map=${CMAKE_CURRENT_SOURCE_DIR}/=" -ffile-compilation-dir=.
  # A fuzzer's feedback is the coverage of target code alone, whatever CFLAGS say; what fuzzes the engine
  # itself asks for more.
  -fno-sanitize=fuzzer,fuzzer-no-link)
if(HOTWEAVE_WERROR)
  target_compile_options(hotweave_engine_flags INTERFACE -Werror)
endif()
if(HOTWEAVE_ASSERTIONS)
  target_compile_definitions(hotweave_engine_flags INTERFACE HOTWEAVE_ASSERTIONS=1)
endif()

# What a program that links an engine built like this must be linked with.
add_library(hotweave_engine_link INTERFACE)
if(HOTWEAVE_SANITIZE)
  target_compile_options(hotweave_engine_flags INTERFACE "-fsanitize=${HOTWEAVE_SANITIZE}"
                         -fno-sanitize-recover=all)
  target_link_options(hotweave_engine_link INTERFACE "-fsanitize=${HOTWEAVE_SANITIZE}")
  if(HOTWEAVE_SANITIZE MATCHES address)   # fibers that are dropped never free fake stacks
    target_compile_options(hotweave_engine_flags INTERFACE -fsanitize-address-use-after-return=never)
  endif()
endif()
if(HOTWEAVE_COVERAGE)
  target_compile_options(hotweave_engine_flags INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(hotweave_engine_link INTERFACE -fprofile-instr-generate)
endif()

# hotweave_engine_library(NAME EXPORT name SOURCES...): a static library of engine code, hotweave::<name>.
function(hotweave_engine_library name)
  cmake_parse_arguments(ARG "" "EXPORT" "SOURCES;LINK" ${ARGN})
  if(NOT ARG_SOURCES)
    set(ARG_SOURCES "${CMAKE_CURRENT_BINARY_DIR}/${name}.empty.cc")
    file(WRITE "${ARG_SOURCES}" "")
  endif()
  add_library(${name} STATIC ${ARG_SOURCES})
  add_library(hotweave::${ARG_EXPORT} ALIAS ${name})
  set_target_properties(${name} PROPERTIES EXPORT_NAME ${ARG_EXPORT})
  target_link_libraries(${name} PRIVATE "$<BUILD_INTERFACE:hotweave_engine_flags>"
                        "$<BUILD_INTERFACE:hotweave_fmt>")
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
endfunction()

# hotweave_sources(VARIABLE pattern...): the files of this folder, so that a new file joins by itself.
function(hotweave_sources variable)
  file(GLOB files CONFIGURE_DEPENDS ${ARGN})
  list(SORT files)
  set(${variable} ${files} PARENT_SCOPE)
endfunction()

find_package(fmt REQUIRED)
# hotweave_fmt: <fmt/format.h>, whose definitions are compiled once, into hotweave::runtime, where we know how.
add_library(hotweave_fmt INTERFACE)
if(fmt_VERSION VERSION_GREATER_EQUAL 9.1 AND fmt_VERSION VERSION_LESS 10)
  target_include_directories(hotweave_fmt SYSTEM INTERFACE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
  set(HOTWEAVE_FMT_SOURCE "${CMAKE_CURRENT_LIST_DIR}/fmt_implementation.cc")
else()
  target_link_libraries(hotweave_fmt INTERFACE fmt::fmt-header-only)
  set(HOTWEAVE_FMT_SOURCE "")
endif()
find_package(nlohmann_json REQUIRED)
