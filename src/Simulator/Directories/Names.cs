namespace UserManagement.Simulator.Directories;

/// <summary>A way of naming people: names in their own script, each with what it becomes in a sign-in name.</summary>
/// <param name="Language">Language tag.</param>
/// <param name="FamilyFirst">True where the family name stands first and without a blank.</param>
/// <param name="Office">Town and two-letter country.</param>
/// <param name="Given">Given names as <c>name|latin</c>.</param>
/// <param name="Family">Family names as <c>name|latin</c>.</param>
public sealed record Naming(string Language, bool FamilyFirst, (string Town, string Country) Office, string[] Given, string[] Family);

/// <summary>
/// Invented names from around the world, chosen because each kind has broken some server: length, marks, scripts, apostrophes, blanks.
/// </summary>
public static class Names
{
    /// <summary>All ways of naming.</summary>
    public static readonly IReadOnlyList<Naming> All =
    [
        new(
            "de-DE",
            false,
            ("Görlitz", "DE"),
            ["Jürgen|juergen", "Käthe|kaethe", "Anneliese|anneliese", "Björn|bjoern"],
            ["Müller-Lüdenscheidt|mueller-luedenscheidt", "Groß|gross", "Weiß|weiss", "von und zu Hohenlohe-Öhringen|hohenlohe"]
        ),
        new(
            "en-IE",
            false,
            ("Dún Laoghaire", "IE"),
            ["Aoife|aoife", "Conor|conor", "Siobhán|siobhan"],
            ["O'Brien|o'brien", "O'Shaughnessy|o'shaughnessy", "Nic Dhòmhnaill|nicdhomhnaill"]
        ),
        new(
            "pl-PL",
            false,
            ("Łódź", "PL"),
            ["Łukasz|lukasz", "Małgorzata|malgorzata", "Zbigniew|zbigniew"],
            ["Brzęczyszczykiewicz|brzeczyszczykiewicz", "Żółć|zolc", "Gżegżółka|gzegzolka"]
        ),
        new(
            "ja-JP",
            true,
            ("札幌市", "JP"),
            ["花子|hanako", "健太|kenta", "さくら|sakura"],
            ["山田|yamada", "長谷川|hasegawa", "﨑本|sakimoto"]
        ),
        new("zh-CN", true, ("成都", "CN"), ["伟|wei", "秀英|xiuying", "子轩|zixuan"], ["王|wang", "欧阳|ouyang", "诸葛|zhuge"]),
        new("ko-KR", true, ("부산", "KR"), ["민준|minjun", "서연|seoyeon"], ["김|kim", "남궁|namgung"]),
        new("tr-TR", false, ("İzmir", "TR"), ["İpek|ipek", "Işıl|isil", "Çağrı|cagri"], ["Yıldırım|yildirim", "Şahinoğlu|sahinoglu"]),
        new("vi-VN", false, ("Đà Nẵng", "VN"), ["Thị Hương|thihuong", "Đức Anh|ducanh"], ["Nguyễn|nguyen", "Trần|tran"]),
        new("ar-EG", false, ("الإسكندرية", "EG"), ["فاطمة|fatima", "يوسف|yusuf"], ["عبد الرحمن|abdelrahman", "الحسيني|elhusseini"]),
        new(
            "el-GR",
            false,
            ("Θεσσαλονίκη", "GR"),
            ["Ευαγγελία|evangelia", "Γιώργος|giorgos"],
            ["Παπαδόπουλος|papadopoulos", "Χατζηγιαννάκης|chatzigiannakis"]
        ),
        new("uk-UA", false, ("Львів", "UA"), ["Олена|olena", "Дмитро|dmytro"], ["Шевченко|shevchenko", "Підкуймуха|pidkuimukha"]),
        new(
            "pt-BR",
            false,
            ("São Luís", "BR"),
            ["João Guilherme|joao", "Conceição|conceicao"],
            ["de Alcântara Francisco Antônio João Carlos Xavier de Paula|alcantara", "Guimarães|guimaraes"]
        ),
        new(
            "th-TH",
            false,
            ("เชียงใหม่", "TH"),
            ["ณัฐวุฒิ|nattawut", "กัญญารัตน์|kanyarat"],
            ["ศรีสุวรรณ|srisuwan", "วงศ์สวัสดิ์|wongsawat"]
        ),
        new(
            "is-IS",
            false,
            ("Ísafjörður", "IS"),
            ["Þórunn|thorunn", "Sigurður|sigurdur"],
            ["Guðmundsdóttir|gudmundsdottir", "Þorvaldsson|thorvaldsson"]
        ),
        new("hi-IN", false, ("जयपुर", "IN"), ["प्रिया|priya", "अर्जुन|arjun"], ["चट्टोपाध्याय|chattopadhyay", "वेंकटरमण|venkataraman"]),
        new(
            "haw-US",
            false,
            ("Kāneʻohe", "US"),
            ["Kaʻiulani|kaiulani", "Keoni|keoni"],
            ["Keihanaikukauakahihulihe‘ekahaunaele|keihanaikukauakahihuliheekahaunaele", "Māhoe|mahoe"]
        ),
        new(
            "en-US",
            false,
            ("Truth or Consequences", "US"),
            ["Mary-Jane|mary-jane", "Robert|robert", "X Æ|xae"],
            ["Null|null", "D'Artagnan-Smythe|d'artagnan-smythe", "Lee|lee"]
        ),
    ];

    /// <summary>Job titles.</summary>
    public static readonly IReadOnlyList<string> Titles =
    [
        "Nurse, night shift",
        "Head of \"Special Projects\"",
        "Kfz-Mechatronikerin",
        "Ingénieure d'études",
        "営業部長",
        "R&D Lead <interim>",
        "Buyer",
        "Site engineer",
    ];

    /// <summary>Departments.</summary>
    public static readonly IReadOnlyList<string> Departments =
    [
        "Finance & Controlling",
        "Vertrieb Süd",
        "人事部",
        "Legal",
        "Opérations",
        "Research",
        "IT",
        "Facility Management (Łódź)",
    ];

    /// <summary>What groups are about.</summary>
    public static readonly IReadOnlyList<string> Teams =
    [
        "Everyone",
        "All hands \"Q4\"",
        "VPN users",
        "Projekt Überflieger",
        "東京オフィス",
        "Licensed: Design",
        "Night shift",
        "Board & Legal",
        "Łódź site",
        "Contractors",
    ];
}
