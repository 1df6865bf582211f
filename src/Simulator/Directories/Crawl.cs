using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Directories;

/// <summary>Reads a whole server page by page (RFC 7644 section 3.4.2.4) and picks out what one run has made.</summary>
/// <param name="client">The server.</param>
/// <param name="expectations">Where paging's rule is noted.</param>
public sealed class Crawl(ScimClient client, Expectations expectations)
{
    private const int PageSize = 100;

    /// <summary>All resources of a type that belong to the run.</summary>
    /// <param name="resource"><c>Users</c> or <c>Groups</c>.</param>
    /// <param name="isOwn">Tells what belongs to the run.</param>
    /// <param name="cancellationToken">Ends the crawl.</param>
    /// <returns>The resources; null when the server refused a page.</returns>
    public async Task<IReadOnlyList<Resource>?> RunAsync(string resource, Func<Resource, bool> isOwn, CancellationToken cancellationToken)
    {
        var kind = $"crawl {resource.ToLowerInvariant()}";
        var all = new List<Resource>();
        var total = 0;
        ScimAnswer last;
        while (true)
        {
            var path = $"/{resource}?startIndex={all.Count + 1}&count={PageSize}";
            var answer = last = await client.SendAsync(new ScimRequest(kind, HttpMethod.Get, path) { Target = path }, cancellationToken);
            if (!answer.AsExpected)
            {
                return null;
            }

            var page = answer.List;
            total = page.TotalResults ?? 0;
            all.AddRange(page.Resources);
            if (page.Resources.Count == 0 || all.Count >= total)
            {
                break;
            }
        }

        var distinct = all.Select(r => r.Id).Distinct().Count();
        expectations.Check(
            CommonRules.Paging,
            all.Count == total && distinct == total,
            $"{resource}: totalResults {total}, pages held {all.Count}, of which {distinct} different",
            last
        );
        return [.. all.Where(isOwn)];
    }
}
