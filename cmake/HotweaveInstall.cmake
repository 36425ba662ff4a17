# SPDX-License-Identifier: GPL-2.0-only OR MIT
# cmake --install: the libraries, the headers, hotweave_add_target() and the `hotweave` program.
# The headers go to a folder of their own (<libdir>/hotweave/include): <linux/mutex.h> among the system's
# headers would be found by programs that never heard of hotweave.
include(CMakePackageConfigHelpers)

install(TARGETS hotweave_runtime hotweave_fuzz hotweave_cli_main hotweave_fuzzer_main hotweave_driver_core hotweave_engine_link
        EXPORT hotweaveTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS hotweave RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY "${HOTWEAVE_INCLUDE_DIR}/" DESTINATION ${HOTWEAVE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(FILES "${HOTWEAVE_GDB_SCRIPT}" DESTINATION ${CMAKE_INSTALL_DATADIR}/hotweave)
install(FILES LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY LICENSES DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/hotweave)
install(EXPORT hotweaveTargets NAMESPACE hotweave:: DESTINATION ${package_dir})
configure_package_config_file("${HOTWEAVE_CMAKE_DIR}/hotweaveConfig.cmake.in"
  "${CMAKE_BINARY_DIR}/hotweaveConfig.cmake" INSTALL_DESTINATION ${package_dir}
  PATH_VARS HOTWEAVE_INSTALL_INCLUDEDIR HOTWEAVE_INSTALL_GDB_SCRIPT)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/hotweaveConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/hotweaveConfig.cmake" "${CMAKE_BINARY_DIR}/hotweaveConfigVersion.cmake"
  "${HOTWEAVE_CMAKE_DIR}/HotweaveDependencies.cmake" "${HOTWEAVE_CMAKE_DIR}/HotweaveTargetFlags.cmake"
  "${HOTWEAVE_CMAKE_DIR}/HotweaveAddTarget.cmake" DESTINATION ${package_dir})
install(PROGRAMS "${HOTWEAVE_CMAKE_DIR}/check_target_symbols.sh" DESTINATION ${package_dir})
