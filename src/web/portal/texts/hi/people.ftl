# Pages of accounts, in Hindi.

account-is-disabled = निष्क्रिय
account-is-enabled = सक्रिय
account-is-erased = मिटाया गया
count-people = { $n ->
    [one] {$n} खाता
   *[other] {$n} खाते, नवीनतम पहले
}
do-make = खाता बनाएँ
done-change_user = आपके द्वारा खाता बदला गया, {$at}
done-create_user = आपके द्वारा खाता बनाया गया, {$at}
field-disabled = क्या खाता निष्क्रिय है?
field-organisation_id = कंपनी, केवल तैयारकर्ता या हस्ताक्षरकर्ता के लिए
field-roles = भूमिकाएँ
label-disabled-at = निष्क्रिय किया गया
label-made-at = बनाया गया
person-disable-follows = निष्क्रिय करने से सभी खुले सत्र तुरंत समाप्त होते हैं, और व्यक्ति का किया सब कुछ बना रहता है। खाता फिर सक्रिय किया जा सकता है।
person-erased = नाम और पता सदा के लिए मिटा दिए गए। खाता बदला नहीं जा सकता।
person-last-administrator = खातों का प्रबंधन केवल इसी खाते से होता है। इसे न निष्क्रिय किया जा सकता है, न यह भूमिका हट सकती है।
person-new-lead = एक यादृच्छिक पासवर्ड बनता है और एक ही बार दिखाया जाता है। व्यक्ति साइन इन करके उसे बदलता है।
person-password-lead = यह पासवर्ड व्यक्ति को दें। यह फिर नहीं दिखेगा और कहीं सहेजा नहीं गया है।
person-password-shown = खाता पहले ही बन चुका है, और उसका पासवर्ड तब दिखाया गया था।
person-roles-follow = हटाई गई भूमिका तुरंत समाप्त होती है, खुले सत्रों में भी। लिए गए कदम वैसे ही रहते हैं।
role-does-administrator = खाते बनाता, बदलता और निष्क्रिय करता है। धनराशि पर कोई अधिकार नहीं।
role-does-auditor = सब कुछ पढ़ता है, और लेखापरीक्षा के अभिलेखों के सिवा कुछ नहीं बदलता।
role-does-competent_authority = किश्तें स्वीकृत करता है, अवार्ड जारी करता है, वसूलियों पर निर्णय लेता है।
role-does-disbursing_officer = भुगतान कोषागार को भेजता है और बैंक का उत्तर दर्ज करता है।
role-does-finance_officer = वित्त प्रभाग की ओर से किश्तों पर सहमति देता है।
role-does-preparer = कंपनी के प्रपत्र भरता है।
role-does-scheme_administrator = आवेदन की अवधि खोलता है, योजना के संस्करण प्रकाशित करता है और बजट बदलता है; हर एक के लिए दो व्यक्ति।
role-does-section_officer = कार्यक्रम प्रभाग की ओर से किश्तों की सिफारिश करता है।
role-does-signatory = कंपनी की ओर से हस्ताक्षर करके प्रस्तुत करता है।
role-does-verifier = आवेदनों की संवीक्षा, निरीक्षण, और पड़ावों तथा दावों का सत्यापन करता है।
title-may-do = भूमिकाएँ क्या कर सकती हैं
title-people = लोग
title-person-change = बदलें या निष्क्रिय करें
title-person-made = खाता बन गया
title-person-new = खाता बनाएँ
title-person = {$name} का खाता
