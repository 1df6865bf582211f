using System.Text;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Seeding;

namespace UserManagement.Benchmarks.Driving;

/// <summary>
/// SCIM requests as ready bytes, for one server. Keeps what was sent before: nobody is created twice and each PATCH
/// changes something, over all rounds. Knows a base path and a token, no more, of the server.
/// </summary>
internal sealed class ScimRequests(Filled filled, int workers)
{
    private static int created;
    private readonly Dictionary<string, int[]> _counters = [];
    private readonly Random _draw = Random.Shared;
    private readonly Lock _gate = new();

    public ReadOnlyMemory<byte> ById(int worker)
    {
        var (crowd, person) = Draw(filled.Main);
        return Get(crowd.Workspace, $"/Users/{person.Id}");
    }

    public ReadOnlyMemory<byte> ByUserName(int worker)
    {
        var (crowd, person) = Draw(filled.Main);
        return Get(crowd.Workspace, Filter(person.UserName));
    }

    public ReadOnlyMemory<byte> FirstPage(int worker) => Get(filled.Main.Workspace, "/Users?startIndex=1&count=100");

    public ReadOnlyMemory<byte> Page(int startIndex) => Get(filled.Main.Workspace, $"/Users?startIndex={startIndex}&count=100");

    /// <summary>The page after a cursor (RFC 9865); an empty cursor for the first.</summary>
    public ReadOnlyMemory<byte> PageByCursor(string cursor) =>
        Get(filled.Main.Workspace, $"/Users?count=100&cursor={Uri.EscapeDataString(cursor)}");

    public ReadOnlyMemory<byte> CreateInOne(int worker) => Create(filled.Main.Workspace);

    public ReadOnlyMemory<byte> CreateInForty(int worker) => Create(filled.Small[_draw.Next(filled.Small.Count)].Workspace);

    /// <summary>In every second of the forty.</summary>
    public ReadOnlyMemory<byte> CreateInHalf(int half) => Create(filled.Small[(_draw.Next(filled.Small.Count / 2) * 2) + half].Workspace);

    /// <summary>In every second of the forty.</summary>
    public ReadOnlyMemory<byte> SwitchInHalf(int worker, int half)
    {
        var workspaces = filled.Small.Count / 2;
        return Switch(
            $"half {half}",
            worker,
            i => i < workspaces * filled.Small[0].People.Count ? (filled.Small[(i % workspaces * 2) + half], i / workspaces) : null
        );
    }

    public ReadOnlyMemory<byte> SwitchInOne(int worker) =>
        Switch("one", worker, i => i < filled.Main.People.Count ? (filled.Main, i) : null);

    public ReadOnlyMemory<byte> SwitchInForty(int worker) =>
        Switch(
            "forty",
            worker,
            i =>
                i < filled.Small.Count * filled.Small[0].People.Count
                    ? (filled.Small[i % filled.Small.Count], i / filled.Small.Count)
                    : null
        );

    /// <summary>Adds somebody to a group who was not in it, then removes them, then the next.</summary>
    public ReadOnlyMemory<byte> MoveInGroup(string group)
    {
        var n = Counter("group" + group, 0)[0]++;
        var outside = filled.Main.People.Count / 20; // the beginning of the list is in no group
        var person = filled.Main.People[n / 2 % outside];
        return Request(
            "PATCH",
            filled.Main.Workspace,
            $"/Groups/{group}",
            n % 2 == 0
                ? $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Add","path":"members","value":[{"value":"{{person.Id}}"}]}]}"""
                : $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Remove","path":"members","value":[{"value":"{{person.Id}}"}]}]}"""
        );
    }

    public ReadOnlyMemory<byte> GroupWithoutMembers(string group) =>
        Get(filled.Main.Workspace, $"/Groups/{group}?excludedAttributes=members");

    /// <summary>The working day of forty directories: 70 % look-ups, 20 % changes, 8 % reads, 2 % newcomers.</summary>
    public ReadOnlyMemory<byte> Mixed(int number)
    {
        var (crowd, person) = Draw(filled.Small[number % filled.Small.Count]);
        return _draw.Next(100) switch
        {
            < 70 => Get(crowd.Workspace, Filter(person.UserName)),
            < 90 => SwitchInForty(number % workers),
            < 98 => Get(crowd.Workspace, $"/Users/{person.Id}"),
            _ => Create(crowd.Workspace),
        };
    }

    public static ReadOnlyMemory<byte> Get(SeededWorkspace workspace, string path) => Request("GET", workspace, path, null);

    private static string Filter(string userName) => "/Users?filter=" + Uri.EscapeDataString($"userName eq \"{userName}\"");

    private static ReadOnlyMemory<byte> Create(SeededWorkspace workspace) =>
        Request("POST", workspace, "/Users", new SeedPerson(9_000_000 - Interlocked.Increment(ref created)).Body);

    // each worker goes through people of its own, so that no two change the same person at once
    private ReadOnlyMemory<byte> Switch(string what, int worker, Func<int, (Crowd Crowd, int Person)?> at)
    {
        lock (_gate)
        {
            var state = Counter(what, worker);
            if (at(worker + (workers * state[0])) is not { } chosen)
            {
                state[0] = 0;
                state[1]++;
                chosen = at(worker)!.Value;
            }

            state[0]++;
            var person = chosen.Crowd.People[chosen.Person];
            return Request(
                "PATCH",
                chosen.Crowd.Workspace,
                $"/Users/{person.Id}",
                $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":{{(state[1] % 2 == 0 ? "false" : "true")}}}]}"""
            );
        }
    }

    private int[] Counter(string what, int worker)
    {
        var key = $"{what} {worker}";
        return _counters.TryGetValue(key, out var counter) ? counter : _counters[key] = new int[2];
    }

    private (Crowd Crowd, (string Id, string UserName) Person) Draw(Crowd crowd) => (crowd, crowd.People[_draw.Next(crowd.People.Count)]);

    /// <summary>Any request of a workspace's directory.</summary>
    public static ReadOnlyMemory<byte> Request(string method, SeededWorkspace workspace, string path, string? body) =>
        Encoding.UTF8.GetBytes(
            $"{method} /scim/v2/{workspace.Slug}{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {workspace.Token}\r\nAccept: application/scim+json\r\nUser-Agent: bench\r\n"
                + (
                    body is null
                        ? "\r\n"
                        : $"Content-Type: application/scim+json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
                )
        );
}
