using System.Text.Json.Nodes;
using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Directories;

/// <summary>The calls that Okta, JumpCloud and OneLogin have in common, each with the rules that its answer must keep.</summary>
/// <param name="client">The server.</param>
/// <param name="expectations">Where rules are noted.</param>
/// <param name="lookUpExtra">Further parameters of each look-up by filter; null for none.</param>
public sealed class DirectoryCalls(ScimClient client, Expectations expectations, string? lookUpExtra = null)
{
    /// <summary>URN of the core user schema.</summary>
    public const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";

    /// <summary>URN of the core group schema.</summary>
    public const string GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

    /// <summary>Sends a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public Task<ScimAnswer> SendAsync(ScimRequest request, CancellationToken cancellationToken) =>
        client.SendAsync(request, cancellationToken);

    /// <summary>Looks for resources by one attribute.</summary>
    /// <param name="kind">Row of the table.</param>
    /// <param name="resource"><c>Users</c> or <c>Groups</c>.</param>
    /// <param name="attribute"><c>userName</c>, <c>displayName</c> or <c>externalId</c>.</param>
    /// <param name="value">The bare value.</param>
    /// <param name="rule">What is expected of the answer.</param>
    /// <param name="id">The id of the one that must be found; null when nothing may be found.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The answer; null when it was refused.</returns>
    public async Task<ScimAnswer?> FindAsync(
        string kind,
        string resource,
        string attribute,
        string value,
        Rule rule,
        string? id,
        CancellationToken cancellationToken
    )
    {
        var path = ScimPath.Find(resource, $"{attribute} eq {ScimPath.Quote(value)}", lookUpExtra);
        var answer = await client.SendAsync(
            new ScimRequest(kind, HttpMethod.Get, path) { Target = value, Upholds = rule },
            cancellationToken
        );
        if (!answer.AsExpected)
        {
            return null;
        }

        var list = answer.List;
        expectations.Check(
            rule,
            id is null ? list.TotalResults == 0 : list is { TotalResults: 1, Resources: [{ } one] } && one.Id == id,
            $"{attribute} \"{value}\" found {list.TotalResults}",
            answer
        );
        return answer;
    }

    /// <summary>The look-up before a create, and the create. The person's id is known afterwards, unless it was refused.</summary>
    /// <param name="person">The person.</param>
    /// <param name="request">The POST.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<ScimAnswer> CreateUserAsync(Person person, ScimRequest request, CancellationToken cancellationToken)
    {
        var userName = JsonText.Of(request.Body!["userName"])!;
        await FindAsync("look-up user", "Users", "userName", userName, CommonRules.FilterObeyed, null, cancellationToken);
        var answer = await client.SendAsync(request, cancellationToken);
        person.Id = answer.AsExpected ? answer.Resource.Id : null;
        if (answer.AsExpected)
        {
            expectations.Check(
                CommonRules.Created,
                !string.IsNullOrEmpty(person.Id) && answer.Resource.UserName == userName,
                $"id {person.Id ?? "none"}, userName {answer.Resource.UserName ?? "none"}",
                answer
            );
        }

        return answer;
    }

    /// <summary>A POST of a person as this directory sends it.</summary>
    /// <param name="person">The person; the body is made of what they are now.</param>
    /// <param name="body">The body.</param>
    /// <param name="set">What must be visible afterwards.</param>
    public static ScimRequest Create(Person person, JsonObject body, IReadOnlyDictionary<string, string?> set) =>
        new("create user", HttpMethod.Post, "/Users")
        {
            Body = body,
            Target = person.ToString(),
            Expected = [201],
            Upholds = CommonRules.Created,
            AdoptFrom = [ScimPath.Find("Users", $"userName eq {ScimPath.Quote(person.UserName)}")],
            Effect = new Effect("Users", person.ExternalId) { Creates = true, Set = set },
        };

    /// <summary>What must be visible of a person now.</summary>
    /// <param name="person">The person.</param>
    public static Dictionary<string, string?> AllOf(Person person) =>
        new[]
        {
            AttributeName.UserName,
            AttributeName.ExternalId,
            AttributeName.DisplayName,
            AttributeName.GivenName,
            AttributeName.FamilyName,
            AttributeName.Title,
            AttributeName.Department,
            AttributeName.WorkMail,
            AttributeName.MobilePhone,
            AttributeName.Active,
        }.ToDictionary(a => a, person.Read);

    /// <summary>Reads somebody by id.</summary>
    /// <param name="id">The server's id.</param>
    /// <param name="target">Whom it is about.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The answer; null when it was refused.</returns>
    public async Task<ScimAnswer?> ReadUserAsync(string id, string target, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            new ScimRequest("get user", HttpMethod.Get, ScimPath.One("Users", id))
            {
                Target = target,
                Upholds = CommonRules.InactiveReadable,
            },
            cancellationToken
        );
        return answer.AsExpected ? answer : null;
    }

    /// <summary>Replaces somebody, and checks that the answer shows what was sent.</summary>
    /// <param name="kind">Row of the table.</param>
    /// <param name="effect">The person with the id, and what must be visible afterwards.</param>
    /// <param name="target">Whom it is about.</param>
    /// <param name="body">The whole person.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <param name="noted">False keeps it out of the ledger, for somebody who does not belong to the directory.</param>
    public async Task<ScimAnswer> PutUserAsync(
        string kind,
        Effect effect,
        string target,
        JsonObject body,
        CancellationToken cancellationToken,
        bool noted = true
    )
    {
        var answer = await client.SendAsync(
            new ScimRequest(kind, HttpMethod.Put, ScimPath.One("Users", effect.Id!))
            {
                Body = body,
                Target = target,
                Upholds = CommonRules.PutShown,
                Effect = noted ? effect : null,
            },
            cancellationToken
        );
        if (answer.AsExpected)
        {
            var lost = effect
                .Set.Where(s => answer.Resource.Read(s.Key) != s.Value)
                .Select(s => $"{s.Key} is {answer.Resource.Read(s.Key) ?? "unassigned"}")
                .ToList();
            expectations.Check(
                CommonRules.PutShown,
                answer.Resource.Id == effect.Id && lost.Count == 0,
                $"{target}: id {answer.Resource.Id ?? "none"}; {string.Join("; ", lost)}",
                answer
            );
        }

        return answer;
    }

    /// <summary>Sends a PATCH; 200 and 204 are good.</summary>
    /// <param name="kind">Row of the table.</param>
    /// <param name="rule">What a refusal breaks.</param>
    /// <param name="effect">The object with its id, and what must be visible afterwards.</param>
    /// <param name="target">Whom it is about.</param>
    /// <param name="operations">The operations.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public Task<ScimAnswer> PatchAsync(
        string kind,
        Rule rule,
        Effect effect,
        string target,
        JsonObject[] operations,
        CancellationToken cancellationToken
    ) =>
        client.SendAsync(
            new ScimRequest(kind, HttpMethod.Patch, ScimPath.One(effect.Resource, effect.Id!))
            {
                Body = Patch(operations),
                Target = target,
                Expected = ScimRequest.Patched,
                Upholds = rule,
                Effect = effect,
            },
            cancellationToken
        );

    /// <summary>After <c>active</c> was set: the person is read by id and found by name, and shows it.</summary>
    /// <param name="id">The server's id.</param>
    /// <param name="userName">The sign-in name.</param>
    /// <param name="active">What was set.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task CheckActiveAsync(string id, string userName, bool active, CancellationToken cancellationToken)
    {
        if (await ReadUserAsync(id, userName, cancellationToken) is { } read)
        {
            expectations.Check(
                CommonRules.ActiveObeyed,
                read.Resource.Active == active,
                $"{userName}: active is {read.Body?["active"]?.ToJsonString() ?? "absent"}",
                read
            );
        }

        await FindAsync(
            "look-up user",
            "Users",
            "userName",
            userName,
            active ? CommonRules.FoundByUserName : CommonRules.InactiveReadable,
            id,
            cancellationToken
        );
    }

    /// <summary>Reads a group and compares its members.</summary>
    /// <param name="id">The group's id.</param>
    /// <param name="name">Its name, for the report.</param>
    /// <param name="members">Ids that it must have, no more and no fewer.</param>
    /// <param name="rule">What another answer breaks.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task CheckMembersAsync(string id, string name, IEnumerable<string> members, Rule rule, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            new ScimRequest("get group", HttpMethod.Get, ScimPath.One("Groups", id)) { Target = name },
            cancellationToken
        );
        if (answer.AsExpected)
        {
            var (should, holds) = (members.ToHashSet(), answer.Resource.Members);
            expectations.Check(
                rule,
                holds.Count == should.Count && should.SetEquals(holds),
                $"{name}: {should.Except(holds).Count()} members missing, {holds.Except(should).Count()} too many, "
                    + $"{holds.Count - holds.Distinct().Count()} doubled",
                answer
            );
        }
    }

    /// <summary>Deletes and makes sure: 204, then 404 on reading, and nothing found.</summary>
    /// <param name="resource"><c>Users</c> or <c>Groups</c>.</param>
    /// <param name="id">The server's id.</param>
    /// <param name="name">The userName or displayName.</param>
    /// <param name="effect">What the ledger notes; null for nothing.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task DeleteAsync(string resource, string id, string name, Effect? effect, CancellationToken cancellationToken)
    {
        var one = resource == "Users" ? "user" : "group";
        var path = ScimPath.One(resource, id);
        await client.SendAsync(
            new ScimRequest($"delete {one}", HttpMethod.Delete, path)
            {
                Target = name,
                Expected = [204],
                ExpectedAfterLostAnswer = [404],
                Upholds = CommonRules.DeletedGone,
                Effect = effect,
            },
            cancellationToken
        );
        await client.SendAsync(
            new ScimRequest($"get deleted {one}", HttpMethod.Get, path)
            {
                Target = name,
                Expected = [404],
                Upholds = CommonRules.DeletedGone,
            },
            cancellationToken
        );
        await FindAsync(
            $"look-up deleted {one}",
            resource,
            resource == "Users" ? "userName" : "displayName",
            name,
            CommonRules.DeletedGone,
            null,
            cancellationToken
        );
    }

    /// <summary>Reads somebody whom nobody knows.</summary>
    /// <param name="cancellationToken">Ends the run.</param>
    public Task<ScimAnswer> ReadUnknownAsync(CancellationToken cancellationToken) =>
        client.SendAsync(
            new ScimRequest("get unknown user", HttpMethod.Get, ScimPath.One("Users", Guid.CreateVersion7().ToString()))
            {
                Expected = [404],
                Upholds = CommonRules.UnknownIs404,
            },
            cancellationToken
        );

    /// <summary>Asks with a token that is not the run's.</summary>
    /// <param name="cancellationToken">Ends the run.</param>
    public Task<ScimAnswer> TryWrongTokenAsync(CancellationToken cancellationToken) =>
        client.SendAsync(
            new ScimRequest("wrong token", HttpMethod.Get, "/Users?startIndex=1&count=1")
            {
                OtherToken = "not-the-token",
                Expected = [401],
                Upholds = CommonRules.TokenChecked,
            },
            cancellationToken
        );

    /// <summary>Creates again who is there.</summary>
    /// <param name="target">Whom it is about.</param>
    /// <param name="body">The same body.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task CreateDuplicateAsync(string target, JsonObject body, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            new ScimRequest("create duplicate", HttpMethod.Post, "/Users")
            {
                Body = body,
                Target = target,
                Expected = [409],
            },
            cancellationToken
        );
        var type = JsonText.Of(answer.Body?["scimType"]);
        expectations.Check(
            CommonRules.Duplicate,
            answer.Status == 409 && type == "uniqueness",
            $"{target}: {answer.Status} {type ?? "without scimType"}",
            answer
        );
    }

    /// <summary>An operation.</summary>
    /// <param name="op">Its name.</param>
    /// <param name="path">Its path; null for none.</param>
    /// <param name="value">Its value; null for none.</param>
    public static JsonObject Operation(string op, string? path, JsonNode? value)
    {
        var operation = new JsonObject { ["op"] = op };
        if (path is not null)
        {
            operation["path"] = path;
        }

        if (value is not null)
        {
            operation["value"] = value;
        }

        return operation;
    }

    /// <summary>A PATCH body (RFC 7644 section 3.5.2).</summary>
    /// <param name="operations">Its operations.</param>
    public static JsonObject Patch(params JsonObject[] operations) =>
        new()
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:PatchOp"),
            ["Operations"] = new JsonArray([.. operations]),
        };
}
