# What a stranger or a contact can send to a client: cards, links, contents.
tocsin_fuzz(card SOURCES card_fuzz.cc LIBRARIES tocsin::protocol)
tocsin_fuzz(link SOURCES link_fuzz.cc LIBRARIES tocsin::protocol)
tocsin_fuzz(content SOURCES content_fuzz.cc LIBRARIES tocsin::protocol)
tocsin_fuzz(evidence SOURCES evidence_fuzz.cc LIBRARIES tocsin::protocol)
