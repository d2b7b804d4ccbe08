# Pages of allocations of capacity, in Hindi.

allocation-allotted = इस गणना से आबंटित
allocation-asked = माँगी गई क्षमता
allocation-asked-at = {$capacity}, {$rate} प्रति किलोग्राम
allocation-award-awaited = अवार्ड प्रतीक्षित
allocation-awarded = तब से अवार्ड में दी गई
allocation-became = आबंटित क्षमता का क्या हुआ
allocation-before = इस गणना से पहले अवार्ड में दी गई
allocation-bids = बोलियाँ
allocation-budget-now = योजना का आज का बजट
allocation-digest = विवरण का डाइजेस्ट (SHA-256)
allocation-do-concur = सहमति दें
allocation-do-publish = प्रकाशित करें
allocation-do-withdraw = गणना वापस लें
allocation-drafted = प्रारूप बना
allocation-follows = इससे पहले की गणना
allocation-left = योजना की शेष क्षमता
allocation-means-concurred = वित्त ने सहमति दी है। प्रकाशन तक किसी को स्थान नहीं मिला है।
allocation-means-draft = अनुभाग अधिकारी ने इस गणना का प्रारूप बनाया है। प्रकाशन तक किसी को स्थान नहीं मिला है।
allocation-means-published = प्रत्येक आवेदन का स्थान नीचे दिया गया है। गणना कभी बदली नहीं जाती।
allocation-means-withdrawn = यह गणना वापस ली गई और इससे किसी को स्थान नहीं मिला।
allocation-no-bids = इस आबंटन में कोई बोली नहीं है, इसलिए इससे किसी को क्षमता नहीं मिलती।
allocation-open = अभी अवार्ड नहीं हुई
allocation-outlay = परिव्यय जो गणना के समय वचनबद्ध नहीं था
allocation-scheme-version = {$code}, संस्करण {$version}
allocation-status-concurred = सहमति दी गई
allocation-status-draft = प्रारूप
allocation-status-published = प्रकाशित
allocation-status-withdrawn = वापस ली गई
allocation-surrendered = बोलीदाताओं द्वारा वापस की गई
allocation-total = योजना की क्षमता
allocations-lead = आबंटन वह गणना है जो प्रतिस्पर्धी बोलियों को क्षमता देती है, सबसे कम लागत पहले।
count-allocations = { $n ->
    [one] {$n} आबंटन
   *[other] {$n} आबंटन, नवीनतम पहले
}
done-concur_allocation = आपके द्वारा सहमति दी गई, {$at}
done-publish_allocation = आपके द्वारा प्रकाशित, {$at}
done-withdraw_allocation = आपके द्वारा वापस ली गई, {$at}
effect-allocation = अभी की बोलियों पर गणना दोहराई जाती है। इसके बाद स्थिति: {$status}।
effect-allocation-withdrawn = इसके बाद स्थिति: {$status}। इससे किसी को स्थान नहीं मिलता, और दूसरी गणना का प्रारूप बन सकता है।
hint-withdraw-allocation = गणना प्रकाशित क्यों न हो। वह जैसी है वैसी रखी जाती है।
no-allocations = अभी कोई आबंटन नहीं है। अनुभाग अधिकारी जब पात्र बोलियों पर गणना करेंगे तब यहाँ दिखेगा।
no-allocations-with-status = अभी इस स्थिति का कोई आबंटन नहीं है। शेष देखने के लिए "सभी" चुनें।
title-allocation = आबंटन {$number}
title-allocations = क्षमता के आबंटन
