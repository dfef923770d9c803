# Install step of the portable client: copies every shared library the program needs into lib/, with its licence. The C library
# stays out: it must be the machine's own, and Debian 12's is the oldest this runs with.
file(GET_RUNTIME_DEPENDENCIES
  EXECUTABLES "${TOCSIN_PROGRAM}"
  RESOLVED_DEPENDENCIES_VAR libraries
  UNRESOLVED_DEPENDENCIES_VAR missing
  PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread|resolv|util|nsl|anl)\\.so\\.[0-9]+$")
if(missing)
  message(FATAL_ERROR "libraries not found: ${missing}")
endif()
set(root "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}")
foreach(library IN LISTS libraries)
  file(INSTALL "${library}" DESTINATION "${CMAKE_INSTALL_PREFIX}/lib" FOLLOW_SYMLINK_CHAIN)
  # The package a library comes from, whichever of the two names of its folder the package list uses.
  file(REAL_PATH "${library}" real)
  string(REGEX REPLACE "^/usr/lib/" "/lib/" short "${real}")
  execute_process(COMMAND dpkg-query --search "${real}" "${short}"
    OUTPUT_VARIABLE owner ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REGEX MATCH "^[a-z0-9.+-]+" package "${owner}")
  if(NOT package OR NOT EXISTS "/usr/share/doc/${package}/copyright")
    message(FATAL_ERROR "no licence found for ${library}")
  endif()
  file(READ "/usr/share/doc/${package}/copyright" licence)
  file(WRITE "${root}/share/licences/copyright.${package}" "${licence}")
endforeach()
