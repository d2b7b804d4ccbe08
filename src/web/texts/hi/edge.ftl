# किसी नियम से पहले अनुरोध में क्या गलत है।

edge-broke_off = वह अंत से पहले टूट गई
edge-no_form = यह इन पृष्ठों का प्रपत्र नहीं है
edge-no_place = प्रपत्र में { $pointer } नाम का स्थान नहीं है
edge-token_and_cookie = पहुँच टोकन या पृष्ठों की कुकी में से एक ही भेजें
edge-dry_run_value = Dry-Run एक ही बार दें, true या false; कुछ नहीं किया गया
edge-key_characters = Idempotency-Key में ऐसे वर्ण हैं जो नहीं हो सकते
edge-key_length = Idempotency-Key में अधिक से अधिक { $most } वर्ण होते हैं
edge-if_match = If-Match में उद्धरण चिह्नों के बीच एक संस्करण होता है, जैसे "3"
edge-no_nul = पते में NUL वर्ण नहीं होता
edge-address = पता पढ़ा नहीं जा सका
edge-unreadable = अनुरोध पढ़ा नहीं जा सका
edge-methods = इस पते की विधियाँ: { $known }
edge-size_most = अधिक से अधिक { $most } स्वीकार हैं
edge-too_long = यह स्वीकार्य सीमा से लंबी है
edge-send_as = इसे Content-Type: { $kinds } के साथ भेजें
edge-has_bytes = फ़ाइल में { $count } बाइट हैं
