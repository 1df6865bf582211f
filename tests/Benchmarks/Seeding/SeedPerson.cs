using System.Globalization;

namespace UserManagement.Benchmarks.Seeding;

/// <summary>A made-up person. All that differs between two people of a seed follows from the number.</summary>
/// <param name="Number">0 and up, below <see cref="Sample"/>'s.</param>
internal readonly record struct SeedPerson(int Number)
{
    private static readonly string[] Given =
    [
        "Ada",
        "Alan",
        "Barbara",
        "Claude",
        "Dana",
        "Donald",
        "Edsger",
        "Emmy",
        "Erna",
        "Fritz",
        "Grace",
        "Hedy",
        "Ines",
        "John",
        "Karen",
        "Katherine",
        "Leslie",
        "Lise",
        "Margaret",
        "Maria",
        "Niklaus",
        "Otto",
        "Pavel",
        "Radia",
        "Rosa",
        "Sofia",
        "Tim",
        "Ursula",
        "Vera",
        "Wanda",
        "Yara",
        "Zuse",
    ];

    private static readonly string[] Syllables =
    [
        "ba",
        "der",
        "fin",
        "gar",
        "hol",
        "ker",
        "lan",
        "mor",
        "nau",
        "pet",
        "ren",
        "sel",
        "tar",
        "vog",
        "win",
        "zim",
    ];

    /// <summary>Whom the core itself brings in; the others are made in the image of this one.</summary>
    public static SeedPerson Sample { get; } = new(9_876_543);

    public bool IsSample => Number == Sample.Number;

    public string GivenName => IsSample ? "Qgivenq" : Given[Number % Given.Length];

    public string FamilyName =>
        IsSample
            ? "Qfamilyq"
            : string.Concat("Mc", Syllables[Number / 32 % 16], Syllables[Number / 512 % 16], Syllables[Number / 8192 % 16]);

    public string Ordinal => Number.ToString("D7", CultureInfo.InvariantCulture);

    public string DisplayName => $"{GivenName} {FamilyName}";

    public string UserName => $"{GivenName}.{FamilyName}.{Ordinal}@acme.example".ToLowerInvariant();

    public string ExternalId => $"7f3a9c52-51d8-4b6e-9d21-b4a6e{Ordinal}";

    /// <summary>What the SCIM door keeps of such a person beside the columns.</summary>
    public string Document =>
        $$$"""{"emails":[{"value":"{{{UserName}}}","type":"work","primary":true}],"title":"Engineer {{{Ordinal}}}","preferredLanguage":"en-GB","phoneNumbers":[{"type":"work","value":"+49 555 {{{Ordinal}}}"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"{{{Ordinal}}}","department":"Research"}}""";

    /// <summary>The body with which a directory creates such a person.</summary>
    public string Body =>
        $$$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"{{{ExternalId}}}","userName":"{{{UserName}}}","active":true,"displayName":"{{{DisplayName}}}","name":{"givenName":"{{{GivenName}}}","familyName":"{{{FamilyName}}}"},"""
        + Document[1..];
}
