# कार्यक्रम के शब्द: अभिलेख, स्थितियाँ, चरण, भूमिकाएँ।

# अभिलेख
word-allocation = आबंटन
word-application = आवेदन
word-award = अवार्ड
word-audit_entry = लेखापरीक्षा लॉग की प्रविष्टि
word-budget-instrument = बजट लिखत
word-claim = दावा
word-claims-for-this-component = इस घटक के दावे
word-difference = अंतर
word-disbursement = संवितरण
word-excuse = क्षम्य विलंब
word-file = फ़ाइल
word-final-certificate = अंतिम प्रमाणपत्र
word-guarantee = गारंटी
word-instrument = लिखत
word-letter = पत्र
word-line = पंक्ति
word-liquidated-damages = परिनिर्धारित नुकसानी
word-a-sum-by-capacity = क्षमता के अनुसार राशि
word-milestone = पड़ाव
word-observation = लेखापरीक्षा अभ्युक्ति
word-organisation = संगठन
word-payment = भुगतान
word-recovery = वसूली
word-requisition = लेखापरीक्षा माँग-पत्र
word-sample = नमूना
word-scheme-draft = योजना का प्रारूप
word-tranche = किश्त
word-CIN = कंपनी पहचान संख्या
word-PAN = स्थायी खाता संख्या
word-GSTIN = जीएसटी पहचान संख्या
word-bank-account = बैंक खाता

# स्थितियाँ
word-accepted = ग्रहण किया गया
word-advised = कोषागार को भेजा गया
word-allotted = आबंटित
word-answered = उत्तर दिया गया
word-approved = अनुमोदित
word-asked = माँगा गया
word-awarded = अवार्ड प्रदत्त
word-certified = प्रमाणित
word-cleared = स्वतः मिलान हुआ
word-closed = बिना उत्तर बंद
word-committed = बीज संख्या तय
word-concurred = सहमति दी गई
word-confirmed = बैंक द्वारा पुष्ट
word-converted = वसूली में परिवर्तित
word-demanded = माँग जारी
word-disbursed = संवितरित
word-done = पूर्ण
word-draft = प्रारूप
word-draft-or-returned = प्रारूप या लौटाया गया
word-drawn = नमूना निकाला गया
word-dropped = समाप्त किया गया
word-due = देय
word-eligible = पात्र
word-examined = जाँचा गया
word-expired = अवधि समाप्त
word-failed = विफल
word-failed_after_success = सफलता के बाद विफल
word-frozen = समष्टि स्थिर
word-granted = मंजूर
word-held = रोका गया
word-invoked = भुनाई गई
word-lodged = जमा
word-not_allotted = आबंटित नहीं
word-not_confirmed = पुष्टि नहीं हुई
word-not_eligible = अपात्र
word-noticed = नोटिस जारी
word-open = खुला
word-ordered = आदेश जारी
word-proposed = प्रस्तावित
word-published = प्रकाशित
word-raised = उठाई गई
word-recommended = सिफारिश की गई
word-refused = नामंजूर
word-rejected = अस्वीकृत
word-released = मुक्त
word-remarked = आगे टिप्पणी की गई
word-replied = उत्तर प्राप्त
word-reported = सूचित
word-returned = कारण सहित लौटाया गया
word-returned-verified-recommended-concurred-or-sanctioned = लौटाया गया, सत्यापित, सिफारिश की गई, सहमति दी गई या स्वीकृत
word-sanctioned = स्वीकृत
word-settled = निपटाया गया
word-sent = कार्यालय द्वारा भेजा गया
word-submitted = प्रस्तुत
word-succeeded = भुगतान हुआ
word-surrendered = छोड़ा गया
word-unknown = अज्ञात
word-verified = सत्यापित
word-waiting = प्रतीक्षा सूची में
word-withdrawn = वापस लिया गया

# स्थितियाँ, जिनकी किसी चरण को आवश्यकता है
word-a-draft = प्रारूप
word-advised-accepted-or-unknown = कोषागार को भेजा गया, ग्रहण किया गया या अज्ञात
word-advised-or-accepted = कोषागार को भेजा गया या ग्रहण किया गया
word-advised-or-unknown = कोषागार को भेजा गया या अज्ञात
word-concurred-in = सहमति दी गई
word-due-or-returned = देय या लौटाया गया
word-eligible-and-not-awarded = पात्र, और अवार्ड न मिला हो
word-lodged-confirmed-or-invoked = जमा, पुष्ट या भुनाई गई
word-lodged-confirmed-or-not-confirmed = जमा, पुष्ट या पुष्टि न हुई
word-lodged-or-to-have-an-extension-that-waits = जमा, या विस्तार पुष्टि की प्रतीक्षा में
word-neither-settled-nor-converted = न निपटाई गई, न वसूली में परिवर्तित
word-not-published-yet = अभी अप्रकाशित
word-noticed-or-replied = नोटिस जारी या उत्तर प्राप्त
word-raised-or-remarked = उठाई गई या आगे टिप्पणी की गई
word-replied-to-settled-or-converted = उत्तर प्राप्त, निपटाई गई या वसूली में परिवर्तित
word-verified-recommended-or-concurred = सत्यापित, सिफारिश की गई या सहमति दी गई
word-waiting-for-the-bank-s-word-on-an-extension = विस्तार पर बैंक के उत्तर की प्रतीक्षा में
word-without-one = बिना लंबित विस्तार के

# चरण
word-provide = बजट प्रावधान
word-prepare = तैयार करना
word-submit = प्रस्तुत करना
word-verify = सत्यापन
word-recommend = सिफारिश
word-concur = सहमति
word-sanction = स्वीकृति
word-pay = भुगतान
word-show_cause = कारण बताओ नोटिस
word-order = आदेश
word-demand = माँग
word-collect = प्राप्ति
word-propose_relief = राहत का प्रस्ताव
word-relieve = राहत
word-propose_settlement = समाधान का प्रस्ताव
word-settle = समाधान
word-commit_seed = बीज संख्या तय करना
word-freeze_population = समष्टि स्थिर करना
word-return = वापसी
word-propose_instrument = बजट प्रपत्र का प्रस्ताव
word-approve_instrument = बजट प्रपत्र का अनुमोदन
word-refuse_instrument = बजट प्रपत्र की अस्वीकृति

# भूमिकाएँ
word-preparer = तैयारकर्ता
word-signatory = प्राधिकृत हस्ताक्षरकर्ता
word-verifier = सत्यापनकर्ता
word-section_officer = अनुभाग अधिकारी
word-finance_officer = वित्त अधिकारी
word-competent_authority = सक्षम प्राधिकारी
word-disbursing_officer = आहरण एवं संवितरण अधिकारी
word-scheme_administrator = योजना प्रशासक
word-auditor = लेखापरीक्षक
word-administrator = खाता प्रशासक
word-the-operator = संचालक

# दस्तावेज़, सीमाएँ, वसूली के भाग, मात्राएँ
word-board_resolution = निदेशक मंडल का संकल्प
word-net_worth_certificate = निवल मालियत प्रमाणपत्र
word-detailed_project_report = विस्तृत परियोजना रिपोर्ट
word-audited_accounts = लेखापरीक्षित लेखे
word-other = अन्य
word-last_quarter = अंतिम तिमाही की व्यय सीमा
word-march = मार्च की व्यय सीमा
word-be = बजट अनुमान
word-re = संशोधित अनुमान
word-principal = मूलधन
word-interest = ब्याज
word-damages = नुकसानी
word-kg = kg
word-paise = पैसे
word-oxide_to_metal = ऑक्साइड से धातु
word-metal_to_alloy = धातु से मिश्रधातु
word-alloy_to_magnet = मिश्रधातु से चुंबक

# योजना की सीमाएँ, जो देय राशि को बाँधती हैं
word-award_ceiling = अवार्ड की अधिकतम सीमा
word-component_outlay = घटक का परिव्यय
word-years_appropriation = वर्ष का विनियोग
word-rate_per_kg = प्रति किलोग्राम दर
word-share_of_turnover = कारोबार का अंश
word-yearly_capacity = वार्षिक क्षमता
word-share_of_investment = निवेश का अंश
word-milestone_share = पड़ाव का अंश

# संख्याएँ किनकी हैं
word-evidence-files = साक्ष्य फ़ाइलें
word-lines = पंक्तियाँ
word-days = दिन
word-payments = भुगतान
word-records = अभिलेख
word-files = फ़ाइलें
word-characters = अक्षर
word-tonnes-a-year = टन प्रति वर्ष
word-stages = चरण
word-financial-years = वित्तीय वर्ष
word-documents = दस्तावेज़
word-instalments = वसूली की किस्तें
word-facts = तथ्य
word-years-ahead = आगे के वर्ष
word-items = मदें
word-number = संख्या
word-yes_no = हाँ या नहीं
word-date = दिनांक
word-word = शब्द

# योजना के हर आवेदन के मानदंड
word-capacity = क्षमता
word-whole_chain = पूरी मूल्य शृंखला
word-net_worth = निवल मालियत
word-investment = नियोजित निवेश
word-incentive_rate = प्रोत्साहन की दर

# एक में से कोई
joined-any_of = { $first } या { $second }
word-confirm_failure = विफलता की पुष्टि
word-record_credit = जमा का अभिलेखन
word-work_for_company = कंपनी के लिए कार्य
