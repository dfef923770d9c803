# What a peer on the cell plane can send: cells, commands, welcomes; and the address a person types.
foreach(name address cell command welcome)
  tocsin_fuzz(${name} SOURCES ${name}_fuzz.cc LIBRARIES tocsin::protocol)
endforeach()
