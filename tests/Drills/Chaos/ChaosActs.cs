using System.Text.Json.Nodes;
using UserManagement.Drills.Servers;
using UserManagement.Testing;

namespace UserManagement.Drills.Chaos;

/// <summary>The acts of one worker, drawn by chance: each is a valid request that may be refused because of what others just did.</summary>
internal sealed class ChaosActs
{
    private const int MostPeople = 150;
    private static readonly string[] Reads =
    [
        "members",
        "members?status=active&sort=-name",
        "seats",
        "audit",
        "groups",
        "roles",
        "members.csv",
    ];
    private readonly Random _random;
    private readonly Caller _caller;
    private readonly string _slug;
    private readonly int _number;
    private readonly Func<Task<bool>> _enter;
    private readonly (int Weight, Func<Task> Act)[] _acts;
    private List<string> _users = [];
    private List<string> _groups = [];
    private int _made;
    private bool _isIn;

    public ChaosActs(Random random, Caller caller, string slug, int number, Func<Task<bool>> enter)
    {
        (_random, _caller, _slug, _number, _enter) = (random, caller, slug, number, enter);
        _acts =
        [
            (10, AddUserAsync),
            (10, PatchUserAsync),
            (5, PutUserAsync),
            (3, DeleteUserAsync),
            (4, () => Scim("GET", "Users?filter=userName sw \"u\"&count=20")),
            (3, LookAsync),
            (4, AddGroupAsync),
            (8, ChangeGroupAsync),
            (1, DeleteGroupAsync),
            (2, BulkAsync),
            (14, ChangeRoleAsync),
            (6, ChangeLicenseAsync),
            (6, SuspendAsync),
            (3, RemoveAsync),
            (5, InviteAsync),
            (3, RevokeAsync),
            (14, ConfigureAsync),
            (4, ReadAsync),
            (10, PageAsync),
        ];
    }

    /// <summary>One act.</summary>
    public Task OneAsync()
    {
        var at = _random.Next(_acts.Sum(a => a.Weight));
        foreach (var (weight, act) in _acts)
        {
            if ((at -= weight) < 0)
            {
                return act();
            }
        }

        throw new InvalidOperationException("Nothing was drawn.");
    }

    private string? User => Any(_users);

    private string? Group => Any(_groups);

    private async Task LookAsync()
    {
        _users = Ids((await _caller.ScimAsync("GET", "Users?count=200&attributes=userName")).Json?["Resources"], _users);
        _groups = Ids((await _caller.ScimAsync("GET", "Groups?count=50&excludedAttributes=members")).Json?["Resources"], _groups);
    }

    private async Task AddUserAsync()
    {
        if (_users.Count > MostPeople)
        {
            await DeleteUserAsync();
            return;
        }

        var name = $"u{_number}-{++_made}@{_slug}.test";
        var made = await Scim(
            "POST",
            "Users",
            new JsonObject
            {
                ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:User"),
                ["userName"] = name,
                ["displayName"] = $"User {_made}",
                ["active"] = _random.Next(5) > 0,
                ["emails"] = new JsonArray(new JsonObject { ["value"] = name, ["primary"] = true }),
            }
        );
        if (made.Json?["id"] is { } id)
        {
            _users.Add(id.ToString());
        }
    }

    private Task PatchUserAsync() =>
        User is not { } id
            ? LookAsync()
            : Scim(
                "PATCH",
                "Users/" + id,
                _random.Next(3) == 0
                    ? Patch("replace", "displayName", $"Name {_random.Next(1000)}")
                    : Patch("replace", "active", _random.Next(2) == 0)
            );

    private async Task PutUserAsync()
    {
        if (User is { } id && (await Scim("GET", "Users/" + id)) is { Status: 200, Json: JsonObject read } answer)
        {
            read["nickName"] = $"N{_random.Next(100)}";
            read["active"] = _random.Next(3) > 0;
            await Scim("PUT", "Users/" + id, read);
        }
    }

    private async Task DeleteUserAsync()
    {
        if (User is { } id)
        {
            await Scim("DELETE", "Users/" + id);
            _users.Remove(id);
        }
    }

    private async Task AddGroupAsync()
    {
        if (_groups.Count < 30 && (
                await Scim(
                    "POST",
                    "Groups",
                    new JsonObject
                    {
                        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Group"),
                        ["displayName"] = $"G{_number}-{++_made}",
                        ["members"] = Members(),
                    }
                )
            ).Json?["id"] is { } id)
        {
            _groups.Add(id.ToString());
        }
    }

    private Task ChangeGroupAsync() =>
        Group is not { } id
            ? AddGroupAsync()
            : Scim(
                "PATCH",
                "Groups/" + id,
                _random.Next(3) == 0 ? Patch("remove", $"members[value eq \"{User ?? id}\"]", null) : Patch("add", "members", Members())
            );

    private async Task DeleteGroupAsync()
    {
        if (Group is { } id)
        {
            await Scim("DELETE", "Groups/" + id);
            _groups.Remove(id);
        }
    }

    private Task<Answer> BulkAsync() =>
        Scim(
            "POST",
            "Bulk",
            new JsonObject
            {
                ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:BulkRequest"),
                ["Operations"] = new JsonArray(
                    new JsonObject
                    {
                        ["method"] = "POST",
                        ["path"] = "/Users",
                        ["bulkId"] = "a",
                        ["data"] = new JsonObject
                        {
                            ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:User"),
                            ["userName"] = $"b{_number}-{++_made}@{_slug}.test",
                        },
                    },
                    new JsonObject
                    {
                        ["method"] = "PATCH",
                        ["path"] = $"/Users/{User ?? Guid.Empty.ToString()}",
                        ["data"] = Patch("replace", "active", _random.Next(2) == 0),
                    }
                ),
            }
        );

    private async Task ChangeRoleAsync()
    {
        if (User is { } id && await RolesAsync() is { Count: > 0 } roles)
        {
            await Rest("PUT", $"members/{id}/role", new JsonObject { ["role"] = Any(roles) });
        }
    }

    private async Task ChangeLicenseAsync()
    {
        var licenses = (await Rest("GET", "licenses")).Json?["items"]?.AsArray().Select(l => l!["key"]!.ToString()).ToList() ?? [];
        if (User is { } id)
        {
            await Rest("PUT", $"members/{id}/license", new JsonObject { ["license"] = _random.Next(4) == 0 ? null : Any(licenses) });
        }
    }

    private Task SuspendAsync() =>
        User is not { } id ? LookAsync() : Rest("POST", $"members/{id}/{(_random.Next(2) == 0 ? "suspend" : "restore")}");

    private Task RemoveAsync() => User is not { } id ? LookAsync() : Rest("DELETE", "members/" + id);

    private async Task InviteAsync()
    {
        var roles = await RolesAsync();
        await Rest(
            "POST",
            "invitations",
            new JsonObject
            {
                ["userName"] = $"i{_number}-{++_made}@{_slug}.test",
                ["role"] = Any(roles),
                ["sendMail"] = false,
            }
        );
    }

    private async Task RevokeAsync()
    {
        var open = (await Rest("GET", "invitations?status=pending")).Json?["items"];
        if (Any(Ids(open, [])) is { } id)
        {
            await (_random.Next(3) == 0 ? Rest("POST", $"invitations/{id}/resend") : Rest("DELETE", "invitations/" + id));
        }
    }

    /// <summary>Roles and settings move: dropped and added, the policy to and fro. Limits are the operator's, who moves them beside.</summary>
    private async Task ConfigureAsync()
    {
        var read = await Rest("GET", "configuration");
        if (read.Json is not JsonObject now)
        {
            return;
        }

        var roles = now["roles"]!.AsArray();
        var extra = roles.FirstOrDefault(r => r!["key"]!.ToString() == "temp");
        switch (_random.Next(9))
        {
            case 0 or 1 when extra is null:
                roles.Add(
                    new JsonObject
                    {
                        ["key"] = "temp",
                        ["label"] = "Temp",
                        ["rank"] = 5,
                        ["needsSeat"] = _random.Next(2) == 0,
                    }
                );
                break;
            case 0 or 1 or 2 when extra is not null:
                roles.Remove(extra);
                break;
            case 3 when extra is not null:
                extra["needsSeat"] = _random.Next(2) == 0;
                break;
            case 4:
                now["capacity"]!["seats"] = _random.Next(1, 60); // refused, unless the plan has just that many
                break;
            case 5:
                now["invitations"]!["lifetimeDays"] = _random.Next(1, 60);
                break;
            case 6 or 7:
                now["signIn"]!["mfa"] = _random.Next(2) == 0 ? "off" : "optional";
                break;
            default:
                now["join"]!["autoAssign"] = _random.Next(2) == 0;
                break;
        }

        await Rest("PUT", "configuration", now, _random.Next(2) == 0 ? read.Version : "*");
    }

    private async Task ReadAsync() => await Rest("GET", Reads[_random.Next(Reads.Length)]);

    private async Task PageAsync()
    {
        if (!_isIn && !await _enter())
        {
            return;
        }

        var at = $"/w/{_slug}";
        var user = User;
        var answer = _random.Next(7) switch
        {
            0 => await _caller.PressAsync($"{at}/settings", $"{at}/settings", ("lifetimeDays", $"{_random.Next(1, 60)}")),
            1 => await _caller.PressAsync($"{at}/invite", $"{at}/invite", ("people", $"p{_number}-{++_made}@{_slug}.test")),
            2 when user is not null => await PressAnyAsync($"{at}/members/{user}"),
            3 when user is not null => await _caller.PageAsync($"{at}/members/{user}"),
            4 => await _caller.PageAsync($"{at}/audit"),
            5 => await _caller.PageAsync($"{at}/groups"),
            _ => await _caller.PageAsync($"{at}/members?status=active"),
        };
        _isIn = answer.Status is not (0 or 401 or 403) && answer.Location?.StartsWith("/signin", StringComparison.Ordinal) != true;
    }

    /// <summary>Presses a button of somebody's page: role, license, suspend, restore.</summary>
    private async Task<Answer> PressAnyAsync(string path)
    {
        var page = await _caller.PageAsync(path);
        var forms = PageForm.Of(page.Text).Where(f => f.Action.StartsWith(path, StringComparison.Ordinal)).ToList();
        return forms.Count == 0 ? page : await _caller.PressAsync(forms[_random.Next(forms.Count)]);
    }

    private async Task<List<string>> RolesAsync() =>
        (await Rest("GET", "roles")).Json?["items"]?.AsArray().Select(r => r!["key"]!.ToString()).ToList() ?? [];

    private Task<Answer> Scim(string method, string path, JsonNode? body = null) => _caller.ScimAsync(method, path, body);

    private Task<Answer> Rest(string method, string path, JsonNode? body = null, string? seen = null) =>
        _caller.RestAsync(method, path, body, seen);

    private JsonArray Members() =>
        [
            .. Enumerable
                .Range(0, _random.Next(1, 4))
                .Select(_ => User)
                .OfType<string>()
                .Distinct()
                .Select(u => (JsonNode)new JsonObject { ["value"] = u }),
        ];

    private string? Any(List<string> some) => some.Count == 0 ? null : some[_random.Next(some.Count)];

    private static List<string> Ids(JsonNode? list, List<string> otherwise) =>
        (list as JsonArray)?.Select(i => i!["id"]!.ToString()).ToList() ?? otherwise;

    private static JsonObject Patch(string op, string path, JsonNode? value)
    {
        var operation = new JsonObject { ["op"] = op, ["path"] = path };
        if (value is not null)
        {
            operation["value"] = value;
        }

        return new()
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:PatchOp"),
            ["Operations"] = new JsonArray(operation),
        };
    }
}
