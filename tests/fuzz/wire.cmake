# What a peer on either plane can send: cells, commands, welcomes, data frames; and the address a person types.
foreach(name address bulk cell command welcome)
  tocsin_fuzz(${name} SOURCES ${name}_fuzz.cc LIBRARIES tocsin::protocol)
endforeach()
