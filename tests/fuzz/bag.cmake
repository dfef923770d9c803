# The files that describe a stranger's bag.
tocsin_fuzz(bag SOURCES bag_fuzz.cc LIBRARIES tocsin::client)
