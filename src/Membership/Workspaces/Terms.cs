using System.Text.Json.Serialization;

namespace UserManagement.Membership.Workspaces;

/// <summary>The words that a workspace uses.</summary>
public sealed record Terms
{
    /// <summary>For the workspace itself: workspace, organisation, team.</summary>
    public string Tenant { get; init; } = "workspace";

    /// <summary>For a person in it: member, user.</summary>
    public string Person { get; init; } = "member";

    /// <summary>The plural of <see cref="Person"/>.</summary>
    public string People { get; init; } = "members";

    /// <summary>
    /// The address of the terms of use, which whoever comes in is shown and asked to accept; null for none. Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TermsOfUse { get; init; }

    /// <summary>
    /// The version of the terms of use: raised, everybody is asked to accept them anew. Null for the first. Written only where it is set.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? TermsVersion { get; init; }

    /// <summary>The version that a person must have accepted to come in; null where there are no terms of use.</summary>
    [JsonIgnore]
    public int? AskedVersion => TermsOfUse is null ? null : TermsVersion ?? 1;

    /// <summary>
    /// The text with these words for <c>{person}</c>, <c>{people}</c> and <c>{tenant}</c>, and with a capital for <c>{Person}</c> and the
    /// like.
    /// </summary>
    public string In(string text) =>
        !text.Contains('{', StringComparison.Ordinal)
            ? text
            : text.Replace("{person}", Person, StringComparison.Ordinal)
                .Replace("{people}", People, StringComparison.Ordinal)
                .Replace("{tenant}", Tenant, StringComparison.Ordinal)
                .Replace("{Person}", Capital(Person), StringComparison.Ordinal)
                .Replace("{People}", Capital(People), StringComparison.Ordinal)
                .Replace("{Tenant}", Capital(Tenant), StringComparison.Ordinal);

    private static string Capital(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];
}
