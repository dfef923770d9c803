# Every library the project uses, found once. deploy/setup installs them.
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto)
find_package(Threads REQUIRED)
find_package(CapnProto REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PNG REQUIRED)
find_package(CURL 7.85 REQUIRED)
find_package(ZLIB REQUIRED)  # the age test kit is packed with it
pkg_check_modules(archive REQUIRED IMPORTED_TARGET libarchive>=3.6)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(signal_protocol REQUIRED IMPORTED_TARGET libsignal-protocol-c>=2.3)
pkg_check_modules(zmq REQUIRED IMPORTED_TARGET libzmq>=4.3.4)
# What libzmq itself was built with is no business of ours, and CMake writes these folders in another
# order at every second configuration: everything would be compiled again.
set_target_properties(PkgConfig::zmq PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "" INTERFACE_COMPILE_OPTIONS "")
pkg_check_modules(qrencode REQUIRED IMPORTED_TARGET libqrencode)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)

# SQLCipher and libntruprime are linked statically: stock Debian 12 has neither in the version we need.
find_library(TOCSIN_SQLCIPHER_LIBRARY NAMES libsqlcipher.a REQUIRED)
find_path(TOCSIN_SQLCIPHER_INCLUDE NAMES sqlcipher/sqlite3.h REQUIRED)
# An imported target, so that what it needs follows it on the link line.
add_library(tocsin::sqlcipher STATIC IMPORTED GLOBAL)
set_target_properties(tocsin::sqlcipher PROPERTIES
  IMPORTED_LOCATION "${TOCSIN_SQLCIPHER_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${TOCSIN_SQLCIPHER_INCLUDE}"
  INTERFACE_COMPILE_DEFINITIONS SQLITE_HAS_CODEC
  INTERFACE_LINK_LIBRARIES "OpenSSL::Crypto;Threads::Threads;m;${CMAKE_DL_LIBS}")

find_library(TOCSIN_NTRUPRIME_LIBRARY NAMES libntruprime.a REQUIRED)
add_library(tocsin_ntruprime INTERFACE)
add_library(tocsin::ntruprime ALIAS tocsin_ntruprime)
target_link_libraries(tocsin_ntruprime INTERFACE "${TOCSIN_NTRUPRIME_LIBRARY}")
