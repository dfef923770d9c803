# How everything of ours is compiled and linked: one interface target, used by every room.
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

# Dev: enough optimisation to run the model tests, little enough to build quickly.
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1")
set(CMAKE_C_FLAGS_DEV "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")

add_library(tocsin_base_options INTERFACE)
add_library(tocsin::base_options ALIAS tocsin_base_options)
target_compile_features(tocsin_base_options INTERFACE cxx_std_23)
target_include_directories(tocsin_base_options INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")

# Warnings
target_compile_options(tocsin_base_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wconversion;-Wsign-conversion;-Wold-style-cast;-Wcast-align;-Wnon-virtual-dtor;-Woverloaded-virtual;-Wformat=2;-Wimplicit-fallthrough;-Wnull-dereference;-Wundef>)
if(TOCSIN_WERROR)
  target_compile_options(tocsin_base_options INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports null dereferences and uninitialised values through inlined std::optional and std::expected that are
  # not there, and takes the names of a scoped enumeration for shadows of global ones; clang's -Wshadow does neither.
  target_compile_options(tocsin_base_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wshadow=local;-Wduplicated-cond;-Wlogical-op;-Wno-null-dereference;-Wno-maybe-uninitialized>)
else()
  # TRY is a GNU statement expression behind __extension__; __COUNTER__ is what keeps its names apart.
  target_compile_options(tocsin_base_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wshadow;-Wno-gnu-statement-expression-from-macro-expansion>)
endif()

# Hardening (OpenSSF compiler guide); the sanitizers replace what they do better.
if(TOCSIN_SANITIZE)
  target_compile_options(tocsin_base_options INTERFACE -fsanitize=${TOCSIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(tocsin_base_options INTERFACE -fsanitize=${TOCSIN_SANITIZE})
  target_compile_definitions(tocsin_base_options INTERFACE TOCSIN_SANITIZED)
else()
  target_compile_options(tocsin_base_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
    target_compile_options(tocsin_base_options INTERFACE -fcf-protection=full)
  endif()
endif()
target_compile_options(tocsin_base_options INTERFACE
  -ftrivial-auto-var-init=zero "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=." -fno-strict-aliasing)
target_compile_definitions(tocsin_base_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:_GLIBCXX_ASSERTIONS>)
target_link_options(tocsin_base_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed)
set_property(GLOBAL PROPERTY USE_FOLDERS ON)

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()
