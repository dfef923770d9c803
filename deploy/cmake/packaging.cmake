# What is shipped: two Debian packages and a tarball of the client that runs from a USB stick. deploy/package makes them.
#
#   component  relay     tocsin-relay_….deb   program, unit, user, man page, completion, example configuration
#              client    tocsin_….deb         program, user unit, man page, completion
#              portable  tocsin-….tar.gz      bin/tocsin and in lib/ every shared library it needs but the C library
include(GNUInstallDirs)

# Packing must not build the tests first.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(generated "${PROJECT_BINARY_DIR}/packaging")
set(sources "${PROJECT_SOURCE_DIR}/deploy/packaging")
file(MAKE_DIRECTORY "${generated}")

# tocsin_made(NAME PROGRAM FLAG): a file the program itself prints; man pages are packed as Debian wants them.
function(tocsin_made name program flag)
  set(pack "")
  if(name MATCHES "\\.gz$")
    set(pack | gzip -9n)
  endif()
  add_custom_command(OUTPUT "${generated}/${name}"
    COMMAND "$<TARGET_FILE:${program}>" ${flag} ${pack} > "${generated}/${name}"
    DEPENDS ${program} VERBATIM)
  set_property(GLOBAL APPEND PROPERTY TOCSIN_MADE "${generated}/${name}")
endfunction()
tocsin_made(tocsin.1.gz tocsin --man-page)
tocsin_made(tocsin.bash tocsin --completion)
tocsin_made(tocsin-relay.8.gz tocsin-relay --man-page)
tocsin_made(tocsin-relay.bash tocsin-relay --completion)
tocsin_made(relay.toml tocsin-relay --example-config)
add_custom_command(OUTPUT "${generated}/changelog.gz"
  COMMAND gzip -9nc "${PROJECT_SOURCE_DIR}/CHANGELOG.md" > "${generated}/changelog.gz"
  DEPENDS "${PROJECT_SOURCE_DIR}/CHANGELOG.md" VERBATIM)

# The client once more, looking for its libraries beside itself. Only the old tag holds for the libraries of libraries.
add_executable(tocsin_portable EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/client/main.cc")
target_link_libraries(tocsin_portable PRIVATE tocsin::base_options tocsin::client tocsin_wiping_malloc)
target_link_options(tocsin_portable PRIVATE -Wl,--disable-new-dtags)
set_target_properties(tocsin_portable PROPERTIES OUTPUT_NAME tocsin_portable
  RUNTIME_OUTPUT_DIRECTORY "${generated}/portable" BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/../lib")

get_property(made GLOBAL PROPERTY TOCSIN_MADE)
add_custom_target(packaging DEPENDS ${made} "${generated}/changelog.gz" tocsin tocsin-relay tocsin_portable)

# The licences of what is inside the programs: linked statically, or headers alone.
function(tocsin_licences component folder)
  install(FILES "${sources}/copyright" DESTINATION "${folder}" COMPONENT ${component})
  foreach(package libsqlcipher-dev libntruprime-dev libcli11-dev nlohmann-json3-dev ${ARGN})
    if(EXISTS "/usr/share/doc/${package}/copyright")
      install(FILES "/usr/share/doc/${package}/copyright" DESTINATION "${folder}"
        RENAME "copyright.${package}" COMPONENT ${component})
    endif()
  endforeach()
endfunction()

install(TARGETS tocsin-relay RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT relay)
install(FILES deploy/systemd/tocsin-relay.service DESTINATION lib/systemd/system COMPONENT relay)
install(FILES "${sources}/tocsin-relay.sysusers" DESTINATION lib/sysusers.d RENAME tocsin-relay.conf COMPONENT relay)
install(FILES "${generated}/tocsin-relay.8.gz" DESTINATION share/man/man8 COMPONENT relay)
install(FILES "${generated}/tocsin-relay.bash" DESTINATION share/bash-completion/completions RENAME tocsin-relay
  COMPONENT relay)
install(FILES "${generated}/relay.toml" DESTINATION share/doc/tocsin-relay/examples COMPONENT relay)
install(FILES "${generated}/changelog.gz" DESTINATION share/doc/tocsin-relay COMPONENT relay)
tocsin_licences(relay share/doc/tocsin-relay libtomlplusplus-dev)

install(TARGETS tocsin RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT client)
install(FILES deploy/systemd/tocsin.service DESTINATION lib/systemd/user COMPONENT client)
install(FILES "${generated}/tocsin.1.gz" DESTINATION share/man/man1 COMPONENT client)
install(FILES "${generated}/tocsin.bash" DESTINATION share/bash-completion/completions RENAME tocsin COMPONENT client)
install(FILES "${generated}/changelog.gz" DESTINATION share/doc/tocsin COMPONENT client)
tocsin_licences(client share/doc/tocsin)

# Built under a name of its own: `ninja tocsin` must stay the client itself.
install(PROGRAMS "${generated}/portable/tocsin_portable" DESTINATION bin RENAME tocsin COMPONENT portable)
install(FILES "${sources}/portable/README" LICENSE DESTINATION . COMPONENT portable)
install(FILES "${generated}/tocsin.1.gz" DESTINATION share/man/man1 COMPONENT portable)
tocsin_licences(portable share/licences)
install(CODE "set(TOCSIN_PROGRAM \"${generated}/portable/tocsin_portable\")" COMPONENT portable)
install(SCRIPT "${sources}/portable/libraries.cmake" COMPONENT portable)

set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_NAME tocsin)
set(CPACK_PACKAGE_VENDOR "the Tocsin authors")
set(TOCSIN_CONTACT "the Tocsin authors <nobody@tocsin.invalid>" CACHE STRING "Maintainer of the packages, as name <address>")
set(CPACK_PACKAGE_CONTACT "${TOCSIN_CONTACT}")
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/packages")
set(CPACK_PROJECT_CONFIG_FILE "${sources}/generators.cmake")
set(CPACK_COMPONENTS_ALL relay client portable)
set(CPACK_STRIP_FILES ON)
set(CPACK_SYSTEM_NAME "linux-${CMAKE_SYSTEM_PROCESSOR}")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_RELAY_PACKAGE_NAME tocsin-relay)
set(CPACK_DEBIAN_RELAY_PACKAGE_SECTION net)
set(CPACK_DEBIAN_RELAY_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers")
set(CPACK_DEBIAN_RELAY_PACKAGE_CONTROL_EXTRA
  "${sources}/relay/postinst;${sources}/relay/prerm;${sources}/relay/postrm")
set(CPACK_DEBIAN_CLIENT_PACKAGE_NAME tocsin)
set(CPACK_DEBIAN_CLIENT_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_CLIENT_PACKAGE_SUGGESTS "libzbar0, libnotify4, tor")
set(CPACK_COMPONENT_RELAY_DESCRIPTION
  "relay of co-signed, end-to-end encrypted alerts\nMoves ciphertext of one size between mailboxes and knows neither sender nor\nreader. One configuration file, one command; nothing about clients on disk or\nin its log.")
set(CPACK_COMPONENT_CLIENT_DESCRIPTION
  "end-to-end encrypted, co-signed alerts and their answers\nTells a person safely that a device of theirs is infected, and takes their\nanswer. Post-quantum hybrid, forward-secret, encrypted at rest.")
set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
set(CPACK_ARCHIVE_PORTABLE_FILE_NAME "tocsin-${PROJECT_VERSION}-${CPACK_SYSTEM_NAME}")
include(CPack)
