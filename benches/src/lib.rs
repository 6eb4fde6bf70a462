//! Shared inputs of the benches.

pub mod feed;
pub mod instructions;
pub mod kernels;

/// A short paragraph of invented news in each of eight languages: the language's English name and
/// the text. Repeat it to the length that a bench needs.
pub fn paragraphs() -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "English",
            "The harbor council of Lindholm voted on Tuesday to raise the ferry fare for the first \
             time in nine years. “We held out as long as we could,” said Marta Ollweg, who chairs \
             the council, “but the new engines won't pay for themselves.” The change – 40 cents a \
             crossing – takes effect in March. Fishermen's families keep their free passes.\n",
        ),
        (
            "German",
            "Der Gemeinderat von Obertalheim hat am Dienstag den Bau einer größeren Schule \
             beschlossen. „Das Gebäude aus dem Jahr 1961 genügt nicht mehr“, sagte Bürgermeisterin \
             Käthe Brösel. Für den Übergang sollen zwölf Räume im früheren Gasthaus zur Verfügung \
             stehen – außerdem prüft die Stadt, ob die Straße gesperrt werden muss.\n",
        ),
        (
            "Russian",
            "Городской совет Верхнеозёрска решил закрыть старый мост до конца осени. «Опоры \
             простояли восемьдесят лет, и больше рисковать мы не можем», — сказала инженер Дарья \
             Лопухина. Автобусы пойдут в объезд через Заречье, а для пешеходов до пятницы наведут \
             временную переправу.\n",
        ),
        (
            "Arabic",
            "قرر مجلس بلدة وادي السنديان إعادة فتح السوق القديم بعد أعمال ترميم استمرت عامين. وقالت \
             المهندسة سلمى الحداد إن الأقواس الحجرية باتت آمنة، وإن ١٢ متجرًا ستفتح أبوابها يوم \
             الخميس. ويأمل التجار أن يعود الزوار قبل موسم الأعياد.\n",
        ),
        (
            "Hindi",
            "चंदनपुर नगर परिषद ने मंगलवार को पुराने पुस्तकालय की मरम्मत के लिए धन स्वीकृत किया। परिषद की \
             अध्यक्ष मीरा तलवार ने कहा कि छत से पानी टपकने के कारण दो हज़ार किताबें खराब हो गई थीं। काम \
             अप्रैल में शुरू होगा और छह महीने तक चलेगा।\n",
        ),
        (
            "Japanese",
            "北浜町議会は火曜日、港の灯台を来年三月まで修理のため閉鎖することを決めた。「塩害がここまで進んで\
             いるとは思わなかった」と町長の沢木はるかさんは語った。工事費はおよそ８千万円で、観光客には対岸の\
             展望台を案内するという。\n",
        ),
        (
            "Chinese",
            "青石镇议会星期二决定，把废弃的纺织厂改建为图书馆。镇长罗晓棠说：“老厂房的屋顶还很结实，\
             我们不想拆掉它。”工程预计耗时十四个月，费用约为两千三百万元，附近居民对此表示欢迎。\n",
        ),
        (
            "Greek",
            "Το δημοτικό συμβούλιο της Παλιάς Βρύσης αποφάσισε την Τρίτη να ανοίξει ξανά το μικρό \
             θέατρο του λόφου. «Η σκηνή έμεινε κλειστή έντεκα χρόνια», είπε η δήμαρχος Ελένη \
             Καραμπίνη. Οι πρώτες παραστάσεις θα δοθούν τον Ιούνιο, με δωρεάν είσοδο για τα \
             σχολεία.\n",
        ),
    ]
}
