using System.Text.Json.Nodes;

namespace UserManagement.Simulator.Wire;

/// <summary>What came back for one <see cref="ScimRequest"/>, after all retries.</summary>
/// <param name="Status">HTTP status of the last answer; 0 when there was none.</param>
/// <param name="Body">The JSON object of the body; null when empty or not a JSON object.</param>
/// <param name="AsExpected">True when the status is one that the request takes as good.</param>
/// <param name="Recovered">True when an earlier try had worked and only its answer was lost.</param>
/// <param name="Detail">For a refusal: the server's own words, or what went wrong on the way; otherwise empty.</param>
public sealed record ScimAnswer(int Status, JsonObject? Body, bool AsExpected, bool Recovered, string Detail)
{
    /// <summary>What it answers, for reports; null where a test made the answer by hand.</summary>
    public ScimRequest? Request { get; init; }

    /// <summary>The body as it came; empty for none.</summary>
    public string Text { get; init; } = "";

    /// <summary>The header <c>Location</c>; null when there was none.</summary>
    public string? Location { get; init; }

    /// <summary>What <c>Retry-After</c> asks for; null when it was not said.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The media type without its parameters; null when there was none.</summary>
    public string? MediaType { get; init; }

    /// <summary>The body as a resource.</summary>
    public Resource Resource => new(Body);

    /// <summary>The body as a ListResponse.</summary>
    public ListAnswer List => new(Body) { Answer = this };
}

/// <summary>Reads a ListResponse (RFC 7644 section 3.4.2) without trusting its form.</summary>
/// <param name="Body">The body; null when there was none.</param>
public readonly record struct ListAnswer(JsonObject? Body)
{
    /// <summary>The schema URN that every list answer carries.</summary>
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// <summary>The whole answer, as evidence; null where a test made the list by hand.</summary>
    public ScimAnswer? Answer { get; init; }

    /// <summary>True when <c>schemas</c> names a ListResponse and <c>totalResults</c> is a number.</summary>
    public bool IsListResponse =>
        TotalResults is not null && Body?["schemas"] is JsonArray schemas && schemas.Any(s => JsonText.Of(s) == Schema);

    /// <summary><c>totalResults</c>; null when absent or not a number.</summary>
    public int? TotalResults => Body?["totalResults"] is JsonValue v && v.TryGetValue<int>(out var n) ? n : null;

    /// <summary><c>itemsPerPage</c>; null when absent or not a number.</summary>
    public int? ItemsPerPage => Body?["itemsPerPage"] is JsonValue v && v.TryGetValue<int>(out var n) ? n : null;

    /// <summary>True when <c>Resources</c> is there as an array, even an empty one (Entra wants it).</summary>
    public bool HasResources => Body?[nameof(Resources)] is JsonArray;

    /// <summary>The resources; empty when there are none.</summary>
    public IReadOnlyList<Resource> Resources =>
        Body?[nameof(Resources)] is JsonArray items ? [.. items.OfType<JsonObject>().Select(o => new Resource(o))] : [];
}
