using System.Collections.Concurrent;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Drills;

/// <summary>The outcome of a <see cref="LedgerCheck"/>.</summary>
/// <param name="Acknowledged">Writes that the server had acknowledged.</param>
/// <param name="Refused">Writes that it had refused.</param>
/// <param name="Unknown">Writes whose outcome the client never learnt.</param>
/// <param name="Objects">Objects that were compared.</param>
/// <param name="Differences">What is missing, half-applied, doubled or there without having been asked for.</param>
public sealed record LedgerFindings(int Acknowledged, int Refused, int Unknown, int Objects, IReadOnlyList<string> Differences);

/// <summary>
/// Checks over SCIM that every acknowledged write of a ledger is there. A write of unknown outcome may be there or not,
/// but only as a whole; nothing may be there twice.
/// </summary>
/// <param name="client">The server, after its restart.</param>
public sealed class LedgerCheck(ScimClient client)
{
    /// <summary>Compares the ledger with the server.</summary>
    /// <param name="lines">The ledger.</param>
    /// <param name="parallel">Objects looked at side by side.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<LedgerFindings> RunAsync(IReadOnlyList<LedgerLine> lines, int parallel, CancellationToken cancellationToken)
    {
        var histories = ObjectHistory.Fold(lines);
        var users = histories.Where(h => h is { Resource: "Users", Id: not null }).ToDictionary(h => h.Id!);
        var differences = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            histories,
            options,
            async (history, token) =>
            {
                if (await CompareAsync(history, users, token) is { } difference)
                {
                    differences.Add($"{history.Target}: {difference}");
                }
            }
        );
        var writes = lines.Where(l => l.Effect is not null).ToLookup(l => l.Outcome);
        return new LedgerFindings(
            writes[Outcome.Acknowledged].Count(),
            writes[Outcome.Refused].Count(),
            writes[Outcome.Unknown].Count(),
            histories.Count,
            [.. differences.Order(StringComparer.Ordinal)]
        );
    }

    private async Task<string?> CompareAsync(ObjectHistory history, Dictionary<string, ObjectHistory> users, CancellationToken token)
    {
        if (history.Possible.Count > ObjectHistory.MostPossibilities)
        {
            return "too many unknown outcomes to say what should be there";
        }

        var matches = new List<Resource>();
        foreach (var filter in Filters(history))
        {
            var found = await client.SendAsync(
                new ScimRequest("look-up", HttpMethod.Get, ScimPath.Find(history.Resource, filter)) { Target = history.Target },
                token
            );
            if (!found.AsExpected)
            {
                return "look-up refused: " + found.Detail;
            }

            matches.AddRange(found.List.Resources);
        }

        if (matches.Count > 1)
        {
            return $"is there {matches.Count} times";
        }

        var shown = matches.Count == 1 ? matches[0] : (Resource?)null;
        if ((history.Id ?? shown?.Id) is { } id)
        {
            var answer = await client.SendAsync(
                new ScimRequest("get", HttpMethod.Get, ScimPath.One(history.Resource, id))
                {
                    Target = history.Target,
                    Expected = [200, 404],
                },
                token
            );
            if (!answer.AsExpected)
            {
                return "reading refused: " + answer.Detail;
            }

            if ((answer.Status == 200) != (shown is not null))
            {
                return answer.Status == 200
                    ? "can be read but is not found by its name or externalId"
                    : $"is found by filter, but GET of {id} answers 404";
            }

            shown = answer.Status == 200 ? answer.Resource : null;
        }

        // the possibility with the fewest differences speaks
        return history
            .Possible.Select(state => Differences(state, shown, users).ToList())
            .OrderBy(d => d.Count)
            .Select(d => d.Count == 0 ? null : string.Join("; ", d))
            .First();
    }

    // an object known by name may stand under any of its names when a rename's outcome is unknown
    private static IEnumerable<string> Filters(ObjectHistory history) =>
        history.ByName
            ? history.Names.Select(n => $"displayName eq {ScimPath.Quote(n)}")
            : [$"externalId eq {ScimPath.Quote(history.ExternalId)}"];

    private static IEnumerable<string> Differences(ObjectState state, Resource? shown, Dictionary<string, ObjectHistory> users)
    {
        if (state.Exists != shown is not null)
        {
            yield return state.Exists ? "acknowledged, but not there" : "is there, although it was deleted or never created";
        }

        if (!state.Exists || shown is not { } resource)
        {
            yield break;
        }

        foreach (var (attribute, should) in state.Set)
        {
            if (resource.Read(attribute) is var holds && holds != should)
            {
                yield return $"{attribute} should be {should ?? "unassigned"}, is {holds ?? "unassigned"}";
            }
        }

        foreach (var id in state.Members.Except(resource.Members).Where(id => !users.TryGetValue(id, out var user) || user.MustExist))
        {
            yield return $"member {Name(id, users)} is not there";
        }

        foreach (
            var id in resource.Members.Where(id =>
                !state.Members.Contains(id) || (users.TryGetValue(id, out var user) && user.MustNotExist)
            )
        )
        {
            yield return $"member {Name(id, users)} is there and should not be";
        }
    }

    private static string Name(string id, Dictionary<string, ObjectHistory> users) =>
        users.TryGetValue(id, out var user) ? user.Target : id;
}
