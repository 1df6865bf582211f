using System.Text.Json.Nodes;
using UserManagement.Drills.Servers;
using UserManagement.Testing;

namespace UserManagement.Drills.TwoBuilds;

/// <summary>
/// One walk through all doors of one server, that writes a little of everything and remembers it: what a walk through one
/// build wrote, the other must show.
/// </summary>
internal sealed class Walk(Answers answers)
{
    private const string Password = "correct horse battery staple 9";
    private readonly Dictionary<string, string> _users = [];
    private readonly Dictionary<string, string> _groups = [];
    private readonly List<string> _people = [];
    private int _days = 20;
    private int _made;

    /// <summary>Walks, then looks whether everything that was ever written is there.</summary>
    public async Task RunAsync(string phase, Caller caller)
    {
        var tag = $"{phase}{++_made}";
        await DirectoryAsync(caller, tag);
        await ProgramAsync(caller, tag);
        await PeopleAsync(caller, tag);
        await PagesAsync(caller);
        await ShowsAsync(phase, caller);
    }

    /// <summary>Whether everything that was written is shown.</summary>
    public async Task ShowsAsync(string phase, Caller caller)
    {
        foreach (var (id, name) in _users)
        {
            Is(phase, $"user {id}", name, (await caller.ScimAsync("GET", "Users/" + id)).Json?["displayName"]?.ToString());
        }

        foreach (var (id, name) in _groups)
        {
            Is(phase, $"group {id}", name, (await caller.ScimAsync("GET", "Groups/" + id)).Json?["displayName"]?.ToString());
        }

        Is(
            phase,
            "lifetime of invitations",
            $"{_days}",
            (await caller.RestAsync("GET", "configuration")).Json?["invitations"]?["lifetimeDays"]?.ToString()
        );
        foreach (var person in _people)
        {
            Is(phase, person, "active", (await caller.RestAsync("GET", "members?q=" + person)).Json?["items"]?[0]?["status"]?.ToString());
        }
    }

    private async Task DirectoryAsync(Caller caller, string tag)
    {
        string[] schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
        for (var i = 0; i < 3; i++)
        {
            var made = await DoneAsync(
                "SCIM POST",
                caller.ScimAsync(
                    "POST",
                    "Users",
                    new JsonObject
                    {
                        ["schemas"] = Schemas(schemas),
                        ["userName"] = $"{tag}-{i}@acme.test",
                        ["displayName"] = $"New {tag}",
                        ["title"] = "Clerk",
                        ["emails"] = new JsonArray(
                            new JsonObject
                            {
                                ["value"] = $"{tag}-{i}@acme.test",
                                ["type"] = "work",
                                ["primary"] = true,
                            }
                        ),
                    }
                )
            );
            var id = made.Json!["id"]!.ToString();
            await DoneAsync("SCIM PATCH", caller.ScimAsync("PATCH", "Users/" + id, Patch("replace", "displayName", $"Patched {tag}")));
            var read = (await DoneAsync("SCIM GET", caller.ScimAsync("GET", "Users/" + id))).Json!.AsObject();
            read["displayName"] = _users[id] = $"Put {tag} {i}";
            await DoneAsync("SCIM PUT", caller.ScimAsync("PUT", "Users/" + id, read));
            await DoneAsync("SCIM PATCH", caller.ScimAsync("PATCH", "Users/" + id, Patch("replace", "active", i == 2 ? false : true)));
            if (i == 1)
            {
                await DoneAsync("SCIM DELETE", caller.ScimAsync("DELETE", "Users/" + id));
                _users.Remove(id);
            }
        }

        var group = (
            await DoneAsync(
                "SCIM POST",
                caller.ScimAsync(
                    "POST",
                    "Groups",
                    new JsonObject
                    {
                        ["schemas"] = Schemas("urn:ietf:params:scim:schemas:core:2.0:Group"),
                        ["displayName"] = $"Group {tag}",
                        ["members"] = new JsonArray([.. _users.Keys.TakeLast(4).Select(u => new JsonObject { ["value"] = u })]),
                    }
                )
            )
        ).Json!["id"]!.ToString();
        _groups[group] = $"Team {tag}";
        await DoneAsync("SCIM PATCH", caller.ScimAsync("PATCH", "Groups/" + group, Patch("replace", "displayName", _groups[group])));
        foreach (var (id, _) in _groups)
        {
            await DoneAsync(
                "SCIM PATCH",
                caller.ScimAsync(
                    "PATCH",
                    "Groups/" + id,
                    Patch("add", "members", new JsonArray(new JsonObject { ["value"] = _users.Keys.Last() }))
                )
            );
        }

        foreach (var (id, name) in _users.TakeLast(6))
        {
            // people whom another build wrote are changed too
            await DoneAsync(
                "SCIM PATCH",
                caller.ScimAsync("PATCH", "Users/" + id, Patch("replace", "displayName", _users[id] = name + "*"))
            );
        }

        foreach (
            var path in new[]
            {
                "Users",
                "Groups",
                "Users?filter=userName sw \"old\"&count=3",
                "Groups?filter=displayName co \"team\"",
                "Users?sortBy=userName",
                "Schemas",
                "ResourceTypes",
                "ServiceProviderConfig",
            }
        )
        {
            await DoneAsync("SCIM GET", caller.ScimAsync("GET", path));
        }
    }

    private async Task ProgramAsync(Caller caller, string tag)
    {
        var paths = (await DoneAsync("REST GET", caller.RestAsync("GET", "/api/v1/openapi.json"))).Json!["paths"]!
            .AsObject()
            .Where(p => p.Value!["get"] is not null)
            .Select(p => p.Key.StartsWith("/api", StringComparison.Ordinal) ? p.Key : "/api/v1" + p.Key);
        foreach (var path in paths.Where(p => !p.Contains("{id}", StringComparison.Ordinal)))
        {
            await caller.RestAsync("GET", path.Replace("{slug}", "acme", StringComparison.Ordinal));
        }

        for (var i = 0; i < 3; i++)
        {
            var read = await DoneAsync("REST GET", caller.RestAsync("GET", "configuration"));
            var configuration = read.Json!;
            configuration["invitations"]!["lifetimeDays"] = ++_days;
            await DoneAsync("REST PUT configuration", caller.RestAsync("PUT", "configuration", configuration, read.Version));
        }

        var invited = await DoneAsync(
            "REST POST",
            caller.RestAsync("POST", "invitations", new JsonObject { ["userName"] = $"{tag}-invited@acme.test", ["sendMail"] = true })
        );
        await DoneAsync("REST POST", caller.RestAsync("POST", $"invitations/{invited.Json!["invitation"]!["id"]}/resend"));
        foreach (var id in _users.Keys.TakeLast(2))
        {
            foreach (var role in new[] { "member", "viewer" })
            {
                await DoneAsync("REST PUT role", caller.RestAsync("PUT", $"members/{id}/role", new JsonObject { ["role"] = role }));
            }

            await DoneAsync("REST POST", caller.RestAsync("POST", $"members/{id}/suspend"));
            await DoneAsync("REST POST", caller.RestAsync("POST", $"members/{id}/restore"));
            await DoneAsync("REST GET", caller.RestAsync("GET", $"members/{id}/access"));
        }
    }

    /// <summary>Somebody is invited, opens the link, makes an account, signs in anew.</summary>
    private async Task PeopleAsync(Caller caller, string tag)
    {
        var person = $"{tag}-person@acme.test";
        var link = (
            await DoneAsync(
                "REST POST",
                caller.RestAsync("POST", "invitations", new JsonObject { ["userName"] = person, ["sendMail"] = false })
            )
        ).Json!["link"]!.ToString();
        var admin = caller.Cookies.Cookies.ToDictionary();
        caller.Cookies.Clear();
        var path = new Uri(link).PathAndQuery;
        for (var at = await caller.PageAsync(path); ; at = await caller.PageAsync(at.Location))
        {
            if (at.Location is null)
            {
                var create = PageForm.Of(at.Text).FirstOrDefault(f => f.Action == "/invite/create");
                await DoneAsync(
                    "create account",
                    create is null
                        ? Task.FromResult(at with { Status = 0 })
                        : caller.PressAsync(create.With(("login", person), ("password", Password), ("givenName", "Pat")))
                );
                break;
            }
        }

        caller.Cookies.Clear();
        foreach (var known in _people.TakeLast(3).Append(person))
        {
            await DoneAsync("sign in", caller.PressAsync("/signin", "/signin", ("login", known), ("password", Password)));
            await DoneAsync("own page", caller.PageAsync("/workspaces"));
            caller.Cookies.Clear();
        }

        _people.Add(person);
        foreach (var (name, value) in admin)
        {
            caller.Cookies.Hold(name, value);
        }
    }

    private async Task PagesAsync(Caller caller)
    {
        var (open, seen) = (new Queue<string>(["/w/acme/members"]), new HashSet<string>(StringComparer.Ordinal));
        for (var pages = 0; pages < 60 && open.TryDequeue(out var path); pages++)
        {
            var page = await caller.PageAsync(path);
            if (page.Status is not (200 or 303 or 404)) // the page of somebody who was deleted is not there
            {
                answers.Wrong($"page {path}: {page.Status}");
            }

            foreach (
                var link in PageForm
                    .Links(page.Text)
                    .Where(l =>
                        l.StartsWith("/w/acme", StringComparison.Ordinal) && !l.Contains('?', StringComparison.Ordinal) && seen.Add(l)
                    )
            )
            {
                open.Enqueue(link);
            }
        }

        _days++;
        await DoneAsync("page settings", caller.PressAsync("/w/acme/settings", "/w/acme/settings", ("lifetimeDays", $"{_days}")));
        await DoneAsync("page sign-in policy", caller.PressAsync("/w/acme/sign-in", "/w/acme/sign-in/policy", ("mfa", "optional")));
    }

    private async Task<Answer> DoneAsync(string what, Task<Answer> asked)
    {
        var answer = await asked;
        if (!answer.Done && answer.Status < 500)
        {
            answers.Wrong($"{what}: {answer.Status} {answer.Text[..Math.Min(300, answer.Text.Length)]}");
        }

        return answer;
    }

    private void Is(string phase, string what, string wanted, string? shown)
    {
        if (wanted != shown)
        {
            answers.Wrong($"{phase}: {what} was to be '{wanted}' and is '{shown}'");
        }
    }

    private static JsonArray Schemas(params string[] urns) => [.. urns.Select(u => (JsonNode)u)];

    private static JsonObject Patch(string op, string path, JsonNode value) =>
        new()
        {
            ["schemas"] = Schemas("urn:ietf:params:scim:api:messages:2.0:PatchOp"),
            ["Operations"] = new JsonArray(
                new JsonObject
                {
                    ["op"] = op,
                    ["path"] = path,
                    ["value"] = value,
                }
            ),
        };
}
