using System.Text.Json.Nodes;
using UserManagement.Simulator.Directories;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Mishaps;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Okta;

/// <summary>
/// The changes of a mishap as Okta writes them: a person read and replaced, deactivated by a path-less PATCH by catalog apps, and a group
/// by the list of all its members.
/// </summary>
/// <param name="calls">The single calls.</param>
/// <param name="app">The kind of app.</param>
public sealed class OktaMishapRequests(DirectoryCalls calls, OktaApp app) : IMishapRequests
{
    /// <inheritdoc/>
    public Task<ScimRequest?> DeactivateAsync(Person person, CancellationToken cancellationToken) =>
        app == OktaApp.Custom
            ? PutAsync(person, body => body["active"] = false, cancellationToken)
            : Task.FromResult<ScimRequest?>(
                Send(HttpMethod.Patch, "Users", person.Id!) with
                {
                    Body = DirectoryCalls.Patch(DirectoryCalls.Operation("replace", null, new JsonObject { ["active"] = false })),
                }
            );

    /// <inheritdoc/>
    public Task<ScimRequest?> ChangeAsync(
        Person person,
        IReadOnlyDictionary<string, string?> values,
        CancellationToken cancellationToken
    ) =>
        PutAsync(
            person,
            body =>
            {
                foreach (var (name, value) in values)
                {
                    body[name] = value;
                }
            },
            cancellationToken
        );

    /// <inheritdoc/>
    public ScimRequest Empty(Team team, IReadOnlyList<string> members) =>
        (
            app == OktaApp.Custom
                ? Send(HttpMethod.Put, "Groups", team.Id!) with
                {
                    Body = OktaBodies.Group(team.DisplayName, []),
                }
                : Send(HttpMethod.Patch, "Groups", team.Id!) with
                {
                    Body = DirectoryCalls.Patch(DirectoryCalls.Operation("replace", "members", new JsonArray())),
                }
        ) with
        {
            Effect = new Effect("Groups", team.ExternalId)
            {
                Id = team.Id,
                ByName = true,
                Members = [],
            },
        };

    private async Task<ScimRequest?> PutAsync(Person person, Action<JsonObject> change, CancellationToken cancellationToken)
    {
        if (await calls.ReadUserAsync(person.Id!, person.ToString(), cancellationToken) is not { Body: { } read })
        {
            return null;
        }

        var changed = OktaBodies.Fill([], person);
        change(changed);
        return Send(HttpMethod.Put, "Users", person.Id!) with { Body = OktaBodies.Replace(read, changed) };
    }

    private static ScimRequest Send(HttpMethod method, string resource, string id) =>
        new(method.Method, method, ScimPath.One(resource, id)) { Expected = ScimRequest.Patched };
}
