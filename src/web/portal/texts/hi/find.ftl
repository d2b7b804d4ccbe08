# Finding a record, in Hindi.

count-found = {$n} अभिलेख
do-search = खोजें
find-hint = कम से कम तीन और अधिक से अधिक दो सौ अक्षर या अंक लिखें।
find-nothing = आप जो देख सकते हैं उसमें कुछ नहीं मिला। लिखा हुआ जाँचें; हमारी संख्या में उसका प्रकार होता है, जैसे "TRN/0001"।
find-searched = इनमें खोजा गया: {$kinds}।
find-short = संख्या, यूटीआर, बीजक, कंपनी
found-application = आवेदन
found-award = अवार्ड
found-claim = दावा
found-company = कंपनी
found-disbursement = संवितरण
found-excuse = क्षम्य विलंब
found-instrument = बजट लिखत
found-payment = भुगतान
found-recovery = वसूली
found-tranche = किश्त
label-company = कंपनी
label-find = संख्या, यूटीआर, बीजक या कंपनी का नाम
searched-company = कंपनियों के नाम
searched-id = अभिलेखों की आईडी
searched-invoice = दावों के बीजकों की संख्याएँ
searched-number = इस प्रकार की संख्याएँ
searched-utr = बैंकों के संदर्भ (यूटीआर)
title-find = अभिलेख खोजें
