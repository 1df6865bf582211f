using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace UserManagement.Scim.Stories;

/// <summary>The address of a request as the provisioning log keeps it, and what it is about.</summary>
/// <param name="Path">Behind the workspace, with the query as far as it is understood.</param>
/// <param name="Kind">
/// The same for all requests that ask alike, without anything of their own: <c>/Users/{id}</c>, <c>/Users?filter=userName eq ...</c>.
/// </param>
/// <param name="Type">Users or Groups, as the first part says it; empty for neither.</param>
/// <param name="Id">What stands behind that; null for nothing.</param>
/// <param name="Named">Whom a filter of one comparison names; null for none.</param>
internal sealed partial record LoggedAddress(string Path, string Kind, string Type, string? Id, string? Named)
{
    private const int MostId = 100;
    private static readonly string[] Parameters =
    [
        "filter",
        "startIndex",
        "count",
        "attributes",
        "excludedAttributes",
        "sortBy",
        "sortOrder",
    ];

    /// <summary>Reads a request's.</summary>
    /// <param name="rest">The path behind the workspace: <c>/Users/…</c>.</param>
    /// <param name="query">The query; null for none.</param>
    public static LoggedAddress Of(string rest, IQueryCollection? query)
    {
        var parts = rest.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var type =
            parts is [var first, ..] && first.Equals("Users", StringComparison.OrdinalIgnoreCase) ? "Users"
            : parts is [var other, ..] && other.Equals("Groups", StringComparison.OrdinalIgnoreCase) ? "Groups"
            : "";
        var id = type.Length > 0 && parts is [_, var named, ..] && named != ".search" ? named : null;
        var path =
            parts.Length == 0 ? "/"
            : id is null ? "/" + string.Join('/', type.Length > 0 ? parts.Skip(1).Prepend(type) : parts)
            : $"/{type}/{(id.Length > MostId ? Membership.Key.Cut(id, MostId) + "…" : id)}";
        var kind = id is null ? path : $"/{type}/{{id}}";
        if (query is not { Count: > 0 })
        {
            return new(path, kind, type, id, null);
        }

        string? whom = null;
        var (shown, alike) = (new StringBuilder(path), new StringBuilder(kind));
        var mark = '?';
        foreach (var name in Parameters)
        {
            if (!query.TryGetValue(name, out var values) || values.ToString() is not { Length: > 0 } value)
            {
                continue;
            }

            if (name == "filter")
            {
                (value, var form, whom) = Filter(value);
                _ = alike.Append('?').Append("filter=").Append(form);
            }

            _ = shown.Append(mark).Append(name).Append('=').Append(value.Length > 300 ? Membership.Key.Cut(value, 300) + "…" : value);
            mark = '&';
        }

        return new(shown.ToString(), alike.ToString(), type, id, whom);
    }

    /// <summary>A filter as it may be kept, its form, and whom it names where it is one comparison.</summary>
    private static (string Shown, string Form, string? Named) Filter(string filter)
    {
        if (One().Match(filter) is { Success: true } one)
        {
            var (attribute, value) = (one.Groups["attribute"].Value, one.Groups["value"].Value);
            return Payload.IsSecret(attribute)
                ? ($"{attribute} eq {Payload.LeftOut}", $"{attribute} eq …", null)
                : ($"{attribute} eq \"{value}\"", $"{attribute} eq …", value);
        }

        // whom the parts of a longer one name nobody can tell, so no erasure would find them
        var bare = Quoted().Replace(filter, "\"…\"");
        return bare.Contains("\"…\"", StringComparison.Ordinal) && !Odd().IsMatch(bare)
            ? (bare, Membership.Key.Cut(bare, 100), null)
            : (Payload.LeftOut, "…", null);
    }

    [GeneratedRegex(
        """^\s*(?<attribute>[A-Za-z][\w:.\-]*)\s+eq\s+(?:"(?<value>[^"\\]{1,300})"|(?<value>[^\s"()]{1,300}))\s*$""",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex One();

    [GeneratedRegex(
        """
            "(?:[^"\\]|\\.)*"
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Quoted();

    /// <summary>A value that is not quoted behind an operator, or a quote that does not end.</summary>
    [GeneratedRegex("""\b(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+(?!"…"|true\b|false\b|null\b)|(?<!")"(?!…")(?<!…")""", RegexOptions.IgnoreCase)]
    private static partial Regex Odd();
}
