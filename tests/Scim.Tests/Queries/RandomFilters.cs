using FsCheck;
using FsCheck.Fluent;

namespace UserManagement.Scim.Tests.Queries;

/// <summary>Random filters and people made of few words, so that many of them meet.</summary>
internal static class RandomFilters
{
    private static readonly string[] Words =
    [
        "ada",
        "Ada",
        "bob",
        "Żółw",
        "élan",
        "x",
        "a%b",
        "c_d",
        "it's",
        "",
        "da",
        "o",
        "ada@example.com",
        "BOB@example.com",
        "100",
        "b\\c",
        "van Dyke",
        "Lovelace",
        .. Alike,
    ];

    /// <summary>Texts that are alike in one way or another: case, width, composition, ligatures, blanks, what nobody sees.</summary>
    private static string[] Alike =>
        [
            "Straße",
            "STRASSE",
            "strasse",
            "ss",
            "ß",
            "ẞ",
            "ΟΔΟΣ",
            "οδός",
            "οδος",
            "ς",
            "Σ",
            "İpek",
            "i\u0307pek",
            "ipek",
            "ıpek",
            "Zoë",
            "Zoe\u0308",
            "zoe",
            "e\u0308",
            "ë",
            "\u0308",
            "ﬁsh",
            "fish",
            "fi",
            "ＡＤＡ",
            "ａ",
            " ada",
            "ada  ",
            "van  Dyke",
            "van\u00A0dyke",
            "van ",
            " dyke",
            " ",
            "\u3000x",
            "\uFEFFada",
            "a\u200Bda",
            "ad\u00ADa",
            "x\u2060",
            "\u200D",
            "\u200B",
            "van\tDyke",
            "Ⅳ",
            "iv",
            "①",
            "1",
            "가",
            "\u1100\u1161",
            "\u1100",
            "ᾳ",
            "αι",
            "a@bücher.example",
            "A@BU\u0308CHER.example",
            "a@xn--bcher-kva.example",
            "@bücher.example",
            "bücher",
            "a@faß.de",
            "a@fass.de",
            "👩\u200D🚀",
            "👩",
        ];

    private static readonly string[] Times =
    [
        "2026-03-02T09:00:00Z",
        "2026-03-02T10:00:00+01:00",
        "2026-03-02T09:01:00.0005Z",
        "2026-03-02T08:59:59.999Z",
        "2026-03-02T09:02:00Z",
        "1900-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ];

    private static readonly string[] TextPaths =
    [
        "userName",
        "externalId",
        "displayName",
        "name.familyName",
        "name.givenName",
        "nickName",
        "title",
        "emails",
        "emails.value",
        "emails.type",
        "phoneNumbers.value",
        "roles.display",
        "groups.display",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:core:2.0:User:userName",
        "profileUrl",
        "urn:usermanagement:params:scim:schemas:extension:membership:2.0:User:state",
        "urn:usermanagement:params:scim:schemas:extension:membership:2.0:User:role",
    ];

    private static readonly string[] GroupPaths = ["displayName", "externalId", "members.display", "members.type"];

    private static readonly string[] TextOperators = ["eq", "EQ", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

    private static readonly string[] Orders = ["eq", "ne", "gt", "ge", "lt", "le"];

    /// <summary>A filter on users.</summary>
    /// <param name="ids">Ids of users and groups that it may name.</param>
    public static Gen<string> OfUsers(IReadOnlyList<string> ids) =>
        Tree(
            Gen.Frequency<string>(
                (12, Compared(TextPaths, TextOperators, Gen.Elements(Words))),
                (2, Compared(["id", "manager", "manager.value", "groups", "groups.value"], ["eq", "ne"], Gen.Elements(ids.ToArray()))),
                (2, Compared(["meta.created", "meta.lastModified"], Orders, Gen.Elements(Times))),
                (
                    1,
                    Gen.Elements(
                            "active",
                            "emails.primary",
                            "urn:usermanagement:params:scim:schemas:extension:membership:2.0:User:seat",
                            "urn:usermanagement:params:scim:schemas:extension:membership:2.0:User:waiting"
                        )
                        .SelectMany(p => Gen.Elements("eq true", "eq false", "ne true").Select(o => $"{p} {o}"))
                ),
                (2, Gen.Elements(TextPaths).Select(p => p + " pr")),
                (
                    1,
                    Gen.Elements(
                        "emails pr",
                        "groups pr",
                        "manager pr",
                        "meta pr",
                        "name pr",
                        "active pr",
                        "id pr",
                        "schemas pr",
                        "emails.value pr",
                        "groups[value pr]",
                        "addresses pr"
                    )
                ),
                (1, Gen.Elements(TextPaths).SelectMany(p => Gen.Elements("eq null", "ne null").Select(o => $"{p} {o}"))),
                (
                    1,
                    Gen.Elements(
                        "meta.resourceType eq \"User\"",
                        "meta.resourceType ne \"User\"",
                        "meta.resourceType eq \"Group\"",
                        "schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\""
                    )
                ),
                (4, ValuePaths(["emails", "phoneNumbers", "roles"], ["value", "type", "display"]))
            )
        );

    /// <summary>A filter on groups.</summary>
    public static Gen<string> OfGroups(IReadOnlyList<string> ids) =>
        Tree(
            Gen.Frequency<string>(
                (6, Compared(GroupPaths, TextOperators, Gen.Elements(Words))),
                (3, Compared(["id", "members", "members.value"], ["eq", "ne"], Gen.Elements(ids.ToArray()))),
                (2, Compared(["meta.created", "meta.lastModified"], Orders, Gen.Elements(Times))),
                (
                    2,
                    Gen.Elements(
                        "externalId pr",
                        "members pr",
                        "members.value pr",
                        "displayName pr",
                        "externalId eq null",
                        "members ne null"
                    )
                ),
                (1, Gen.Elements(ids.ToArray()).Select(id => $"members[value eq \"{id}\"]"))
            )
        );

    /// <summary>A JSON string.</summary>
    public static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    /// <summary>A person's body, with attributes that may be there or not.</summary>
    public static Gen<string> Person(int number, IReadOnlyList<string> managers) =>
        from external in Maybe("externalId", Gen.Elements("x", "ada", "a%b", "X", "ＡＤＡ", "ada ", "Straße", "a\u200Bda"))
        from display in Maybe("displayName", Gen.Elements(Words))
        from given in Gen.Elements(Words)
        from family in Gen.Elements(Words)
        from title in Maybe("title", Gen.Elements(Words))
        from nick in Maybe("nickName", Gen.Elements(Words))
        from url in Maybe("profileUrl", Gen.Elements(Words))
        from active in Gen.Elements(true, true, false)
        from mails in Elements(
            "emails",
            [
                "ada@example.com",
                "bob@example.com",
                "Ada",
                "x",
                "a@bücher.example",
                "a\u200B@xn--bcher-kva.example",
                "STRASSE",
                "straße",
                " ada ",
                "\u200B",
            ]
        )
        from phones in Elements("phoneNumbers", ["100", "a%b"])
        from roles in Elements("roles", ["x", "y"])
        from department in Gen.Elements(Words)
        from manager in Gen.Elements([.. managers, ""])
        select $$$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":{{{Quoted(UserName(number))}}},
            "name":{"givenName":{{{Quoted(given)}}},"familyName":{{{Quoted(
                family
            )}}}},{{{external}}}{{{display}}}{{{title}}}{{{nick}}}{{{url}}}{{{mails}}}{{{phones}}}{{{roles}}}
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":{{{Quoted(
                department
            )}}},"manager":{"value":{{{Quoted(manager)}}}}},"active":{{{(active ? "true" : "false")}}}}
            """;

    private static string UserName(int number) =>
        (number % 7) switch
        {
            0 => $"Ada{number}",
            1 => $"{number}_x@example.com",
            2 => $"{number}a%Żółw",
            3 => $"ada{number}@BÜCHER.example",
            4 => $" Strasse  {number}ß\u200B",
            5 => $"ΟΔΟΣ İ ﬁ {number}Ａ",
            _ => $"Zoe\u0308 van {number} Dyke",
        };

    private static Gen<string> Tree(Gen<string> leaf) => Gen.Sized(size => Tree(leaf, Math.Min(size, 4)));

    private static Gen<string> Tree(Gen<string> leaf, int size) =>
        size == 0
            ? leaf
            : Gen.Frequency<string>(
                (3, leaf),
                (2, Two(leaf, size, "and")),
                (2, Two(leaf, size, "or")),
                (1, Tree(leaf, size - 1).Select(f => $"not ({f})")),
                (1, Tree(leaf, size - 1).Select(f => $"({f})"))
            );

    private static Gen<string> Two(Gen<string> leaf, int size, string word) =>
        Tree(leaf, size - 1).SelectMany(a => Tree(leaf, size - 1).Select(b => $"{a} {word} {b}"));

    private static Gen<string> Compared(string[] paths, string[] operators, Gen<string> value) =>
        from path in Gen.Elements(paths)
        from word in Gen.Elements(operators)
        from text in value
        select $"{path} {word} {Quoted(text)}";

    private static Gen<string> ValuePaths(string[] lists, string[] subs) =>
        from list in Gen.Elements(lists)
        from one in Compared(
            subs,
            ["eq", "ne", "co", "sw", "ew"],
            Gen.Elements(["work", "home", "Ada", "ada@example.com", "example", "x", "100", .. Words])
        )
        from two in Compared(subs, ["eq", "co"], Gen.Elements("work", "home", "ada", "bob@example.com", "x"))
        from shape in Gen.Elements("{0}", "{0} and {1}", "{0} or {1}", "not ({0}) and {1}", "type eq \"work\" and {0}", "type pr")
        from behind in Gen.Elements("", "", ".value eq \"ada@example.com\"", ".type eq \"home\"")
        select $"{list}[{string.Format(System.Globalization.CultureInfo.InvariantCulture, shape, one, two)}]{behind}";

    private static Gen<string> Maybe(string name, Gen<string> value) =>
        Gen.Frequency<string>((1, Gen.Constant("")), (2, value.Select(v => $"{Quoted(name)}:{Quoted(v)},")));

    private static Gen<string> Elements(string name, string[] values) =>
        from some in Gen.SubListOf(values)
        from types in Gen.ArrayOf(Gen.Elements("work", "home", ""), values.Length)
        select some.Count == 0
            ? ""
            : $"{Quoted(name)}:[{string.Join(",", some.Select((v, i) => $$"""{"value":{{Quoted(v)}}{{(types[i].Length == 0 ? "" : $",\"type\":\"{types[i]}\"")}},"display":{{Quoted(v[..1])}}}"""))}],";
}
