# Pages of disbursements, in Hindi.

count-disbursements = { $n ->
    [one] {$n} संवितरण
   *[other] {$n} संवितरण, नवीनतम पहले
}
disbursement-after = इसके बाद इस घटक का कुल भुगतान
disbursement-before = इससे पहले इस घटक का कुल भुगतान
disbursement-ceiling = अधिकतम जो कभी भी दिया जा सकता है
disbursement-gross = सकल
disbursement-installed-now = आज तक स्थापित और सत्यापित
disbursement-installed-then = भुगतान की तिथि पर स्थापित और सत्यापित
disbursement-ledger = भुगतान से खाते में क्या बदला
disbursement-kept = रखा गया: बैंक ने जो वापस लिया, उसमें से वसूलियों में गया
disbursement-left = इसके बाद जो अभी दिया जा सकता था
disbursement-means-failed_after_success = बैंक ने यह भुगतान किया और बाद में वापस ले लिया। यह अब भुगतान में नहीं गिना जाता।
disbursement-means-succeeded = बैंक ने यह भुगतान किया, और राशि लाभार्थी के पास रही।
disbursement-moved = शेष में परिवर्तन
disbursement-net = शुद्ध: बैंक ने भुगतान किया और वापस नहीं लिया
disbursement-no-recoveries = इसमें से कुछ वापस नहीं माँगा गया। सूचना जारी होने पर वसूली यहाँ दिखेगी।
disbursement-not-installed = अभी कुछ सत्यापित नहीं
disbursement-plant = संयंत्र में क्या स्थापित है
disbursement-returned = लौटाया गया: बैंक ने वापस लिया
disbursement-sheet-of-tranche = टिप्पणियाँ और पत्र किश्त के हैं।
disbursement-status-failed_after_success = बैंक ने वापस लिया
disbursement-status-succeeded = भुगतान हुआ
disbursement-totals = सकल {$paid}; बैंक द्वारा लौटाया गया {$came_back}, जिसमें से {$kept} वसूलियों के लिए रखा गया; इस प्रकार लाभार्थियों के पास {$stayed} रहा। उसमें से {$set_off} वसूलियों में समायोजित हुआ: शुद्ध {$net}।
disbursement-under-award = अवार्ड के अंतर्गत पहले और बाद में
disbursement-under-award-lead = जो लाभार्थी के पास रहा वही गिना जाता है; जो बैंक ने वापस लिया वह नहीं।
disbursement-year = वर्ष जिसमें बैंक ने भुगतान किया
disbursements-lead = संवितरण वह भुगतान है जो बैंक ने किया। जो बाद में बैंक ने वापस लिया, वह सूची में रहता है, पर कहीं भी चुकाया हुआ नहीं गिना जाता।
no-disbursements = अभी कोई संवितरण नहीं है। बैंक का भुगतान दर्ज होने पर यहाँ दिखेगा।
no-disbursements-with-status = अभी इस स्थिति का कोई संवितरण नहीं है। शेष देखने के लिए "सभी" चुनें।
title-disbursement = संवितरण {$number}
title-disbursements = संवितरण
title-disbursements-of = {$award} के अंतर्गत संवितरण
