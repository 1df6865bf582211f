using System.Text.Json.Nodes;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.Wire;

/// <summary>One request that a directory sends, with what it takes for a good answer.</summary>
/// <param name="Kind">The row of the closing table it is counted in, e.g. <c>create user</c>.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query below the base address, already escaped, starting with a slash.</param>
public sealed record ScimRequest(string Kind, HttpMethod Method, string Path)
{
    /// <summary>The JSON body; null for none.</summary>
    public JsonObject? Body { get; init; }

    /// <summary>Whom or what it is about, in words for a report and the ledger.</summary>
    public string Target { get; init; } = "";

    /// <summary>Statuses that this directory takes as good. Any other one is counted as refused.</summary>
    public IReadOnlyList<int> Expected { get; init; } = [200];

    /// <summary>Statuses that are good as well when an earlier try went unanswered (404 for a DELETE that had worked).</summary>
    public IReadOnlyList<int> ExpectedAfterLostAnswer { get; init; } = [];

    /// <summary>Look-ups (paths) that find the resource when a repeated POST is answered 409 because the first one had worked.</summary>
    public IReadOnlyList<string> AdoptFrom { get; init; } = [];

    /// <summary>What an acknowledged answer promises to be visible afterwards; null for reads and probes.</summary>
    public Effect? Effect { get; init; }

    /// <summary>The rule that an expected status keeps and any other status breaks; null when only the count of refusals tells.</summary>
    public Rule? Upholds { get; init; }

    /// <summary>A bearer token other than the run's own; null for the run's own.</summary>
    public string? OtherToken { get; init; }

    /// <summary>PATCH answers: 200 with the resource or 204 (RFC 7644 section 3.5.2).</summary>
    public static readonly IReadOnlyList<int> Patched = [200, 204];
}
