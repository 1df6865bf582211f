using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Directories;

/// <summary>Reads a whole server as an import does, and tries the edges of paging (RFC 7644 section 3.4.2.4).</summary>
/// <param name="client">The server.</param>
/// <param name="expectations">Where rules are noted.</param>
public sealed class Import(ScimClient client, Expectations expectations)
{
    /// <summary>Pages by a hundred to the end; then past the end, before the beginning, and without any parameter.</summary>
    /// <param name="resource"><c>Users</c> or <c>Groups</c>.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>All resources; null when a page was refused.</returns>
    public async Task<IReadOnlyList<Resource>?> RunAsync(string resource, CancellationToken cancellationToken)
    {
        var all = await new Crawl(client, expectations).RunAsync(resource, _ => true, cancellationToken);
        if (all is not { Count: > 0 })
        {
            return all;
        }

        var past = await PageAsync(resource, $"?startIndex={all.Count + 1000}&count=100", cancellationToken);
        expectations.Check(
            CommonRules.BeyondEnd,
            past is { Status: 200, List: { Resources.Count: 0, ItemsPerPage: null or 0 } },
            "past the end",
            past
        );
        var first = await PageAsync(resource, "?startIndex=1&count=1", cancellationToken);
        expectations.Check(
            CommonRules.BeyondEnd,
            first.List.Resources is [{ } one] && one.Id == all[0].Id,
            "startIndex=1 does not show the first one",
            first
        );
        var zero = await PageAsync(resource, "?startIndex=0&count=1", cancellationToken);
        expectations.Check(
            CommonRules.BeyondEnd,
            zero.List.Resources is [{ } same] && same.Id == all[0].Id,
            "startIndex=0 does not show the first one",
            zero
        );
        var second = await PageAsync(resource, "?startIndex=2&count=1", cancellationToken);
        expectations.Check(
            CommonRules.BeyondEnd,
            all.Count < 2 || (second.List.Resources is [{ } other] && other.Id == all[1].Id),
            "startIndex=2 does not show the second one",
            second
        );
        await PageAsync(resource, "", cancellationToken);
        return all;
    }

    private Task<ScimAnswer> PageAsync(string resource, string query, CancellationToken cancellationToken) =>
        client.SendAsync(
            new ScimRequest($"page of {resource.ToLowerInvariant()}", HttpMethod.Get, $"/{resource}{query}") { Target = query },
            cancellationToken
        );
}
