using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Entra;

/// <summary>The single calls that Entra makes, each with the rules that its answer must keep.</summary>
/// <param name="client">The server.</param>
/// <param name="expectations">Where rules are noted.</param>
/// <param name="dialect">The dialect.</param>
public sealed class EntraCalls(ScimClient client, Expectations expectations, EntraDialect dialect)
{
    /// <summary>PATCH bodies of the dialect.</summary>
    public EntraPatch Patch { get; } = new(dialect);

    /// <summary>Whether blanks in a query are written as <c>+</c>.</summary>
    public bool PlusForSpace => dialect == EntraDialect.Legacy;

    /// <summary>Looks for resources by a filter and checks the form of the answer.</summary>
    /// <param name="kind">Row of the table.</param>
    /// <param name="resource"><c>Users</c> or <c>Groups</c>.</param>
    /// <param name="filter">The filter, not escaped.</param>
    /// <param name="target">Whom it is about.</param>
    /// <param name="others">Further parameters; null for none.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The list; null when the server refused.</returns>
    public async Task<ListAnswer?> FindAsync(
        string kind,
        string resource,
        string filter,
        string target,
        string? others,
        CancellationToken cancellationToken
    )
    {
        var request = new ScimRequest(kind, HttpMethod.Get, ScimPath.Find(resource, filter, others, PlusForSpace)) { Target = target };
        var answer = await client.SendAsync(request, cancellationToken);
        if (!answer.AsExpected)
        {
            return null;
        }

        return answer.List;
    }

    /// <summary>Looks for resources that must not be there.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<ListAnswer?> FindNothingAsync(
        string kind,
        string resource,
        string filter,
        string target,
        string? others,
        CancellationToken cancellationToken
    )
    {
        var list = await FindAsync(kind, resource, filter, target, others, cancellationToken);
        if (list is { } found)
        {
            expectations.Check(EntraRules.NothingFound, found.TotalResults == 0, $"{filter} found {found.TotalResults}", found.Answer);
        }

        return list;
    }

    /// <summary>Sends a PATCH; 200 and 204 are good.</summary>
    /// <param name="kind">Row of the table.</param>
    /// <param name="effect">The object with its id, and what must be visible afterwards.</param>
    /// <param name="target">Whom it is about.</param>
    /// <param name="body">The PATCH.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public Task<ScimAnswer> PatchAsync(string kind, Effect effect, string target, JsonObject body, CancellationToken cancellationToken) =>
        client.SendAsync(
            new ScimRequest(kind, HttpMethod.Patch, ScimPath.One(effect.Resource, effect.Id!))
            {
                Body = body,
                Target = target,
                Expected = ScimRequest.Patched,
                Effect = effect,
            },
            cancellationToken
        );

    /// <summary>Reads a person before changing them, as Entra does in each cycle.</summary>
    /// <param name="person">The person, whose id is known.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task ReadUserAsync(Person person, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            new ScimRequest("get user", HttpMethod.Get, ScimPath.One("Users", person.Id!)) { Target = person.ToString() },
            cancellationToken
        );
        if (answer.AsExpected && answer.Resource.Manager is { } manager)
        {
            expectations.Check(EntraRules.ManagerObject, manager is JsonObject, $"{person}: manager is {manager.ToJsonString()}", answer);
        }
    }

    /// <summary>Deletes and makes sure: 204, then 404 on reading, 404 on deleting again, not found by filter.</summary>
    /// <param name="resource"><c>Users</c> or <c>Groups</c>.</param>
    /// <param name="id">The server's id.</param>
    /// <param name="externalId">The directory's id.</param>
    /// <param name="target">Whom it is about.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task DeleteAsync(string resource, string id, string externalId, string target, CancellationToken cancellationToken)
    {
        var one = resource == "Users" ? "user" : "group";
        var path = ScimPath.One(resource, id);
        var effect = new Effect(resource, externalId) { Id = id, Exists = false };
        await client.SendAsync(
            new ScimRequest($"delete {one}", HttpMethod.Delete, path)
            {
                Target = target,
                Expected = [204],
                ExpectedAfterLostAnswer = [404],
                Effect = effect,
            },
            cancellationToken
        );
        await client.SendAsync(
            new ScimRequest($"get deleted {one}", HttpMethod.Get, path)
            {
                Target = target,
                Expected = [404],
                Upholds = EntraRules.DeletedGone,
            },
            cancellationToken
        );
        await client.SendAsync(
            new ScimRequest($"delete {one} again", HttpMethod.Delete, path)
            {
                Target = target,
                Expected = [404],
                Upholds = EntraRules.DeletedGone,
                Effect = effect,
            },
            cancellationToken
        );
        if (
            await FindAsync(
                $"look-up deleted {one}",
                resource,
                $"externalId eq {ScimPath.Quote(externalId)}",
                target,
                null,
                cancellationToken
            ) is
            { } list
        )
        {
            expectations.Check(EntraRules.DeletedGone, list.TotalResults == 0, $"{target} is still found by externalId", list.Answer);
        }
    }
}
