# Files of others: the header of an age file, a whole one, one as text.
foreach(target header file armor)
  tocsin_fuzz(age_${target} SOURCES age/${target}_fuzz.cc LIBRARIES tocsin::crypto)
endforeach()
