# What stands in a bag of evidence: the log of custody with its time stamps.
tocsin_fuzz(custody_log SOURCES custody_log_fuzz.cc LIBRARIES tocsin::client MUTATIONS 3000)
