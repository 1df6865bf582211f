using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>
/// Everything with which somebody's access may end, against every sort of app: one that takes logout tokens, one that takes them and needs
/// a seat, one that takes none. What ended fails at the next request and each app is told; what only changed is told anew.
/// </summary>
public sealed class AccessEndsTests
{
    /// <summary>One way: what is done, and what becomes of each app; null for what is still open and says the new fact.</summary>
    private sealed record Way(string Name, string Cause, Func<Walk, Task> Do)
    {
        public string Preset { get; init; } = "seats";

        /// <summary>Which apps lose it; the others tell <see cref="Fact"/>.</summary>
        public string[] Ends { get; init; } = ["told", "seat", "quiet"];

        public (string Claim, string Value) Fact { get; init; }
    }

    private static readonly Way[] Ways =
    [
        new(
            "suspended",
            "member.suspended CommandLine",
            w => DoneAsync(w.Act<SuspendMember>().RunAsync(Actor.Operator, w.Id, w.Member.Id, null, default))
        ),
        new(
            "removed",
            "member.removed CommandLine",
            w => DoneAsync(w.Act<RemoveMember>().RunAsync(Actor.Operator, w.Id, w.Member.Id, default))
        ),
        new(
            "set inactive by SCIM",
            "member.deactivated Scim",
            w =>
                w.ScimAsync(
                    HttpMethod.Patch,
                    new
                    {
                        schemas = new[] { "urn:ietf:params:scim:api:messages:2.0:PatchOp" },
                        Operations = new[]
                        {
                            new
                            {
                                op = "replace",
                                path = "active",
                                value = false,
                            },
                        },
                    }
                )
        ),
        new("deleted by SCIM", "member.deleted Scim", w => w.ScimAsync(HttpMethod.Delete, null)),
        new(
            "sessions ended by an admin",
            "member.sessionsEnded CommandLine",
            w => DoneAsync(w.Act<EndMemberSessions>().RunAsync(Actor.Operator, w.Id, w.Member.Id, default))
        ),
        new(
            "signed out",
            "session.ended SignIn",
            async w => await w.Browser.SubmitAsync(await w.Browser.GetAsync("/workspaces"), "/signout")
        ),
        new(
            "session ended from another browser",
            "session.ended SignIn",
            async w =>
            {
                var who = await w.WhoAsync();
                await DoneAsync(w.Act<EndSession>().RunAsync(who, who.Session.Id, default));
            }
        ),
        new(
            "all sessions ended",
            "sessions.ended CommandLine",
            w => DoneAsync(w.Act<EndSessions>().RunAsync(Actor.Operator, w.Account, null, default))
        ),
        new(
            "password changed",
            "password.set SignIn",
            async w =>
                await DoneAsync(
                    w.Act<SetPassword>()
                        .RunAsync(
                            await w.WhoAsync(),
                            AppScene.Password,
                            "another quiet harbour 7",
                            Membership.Accounts.Browser.Unknown,
                            default
                        )
                )
        ),
        new(
            "second factor demanded",
            "workspace.configured CommandLine",
            w => w.ConfigureAsync(c => c with { SignIn = c.SignIn with { Mfa = MfaPolicy.Required } })
        ),
        new(
            "passwords not taken any more",
            "workspace.configured CommandLine",
            w => w.ConfigureAsync(c => c with { SignIn = c.SignIn with { LocalPassword = false } })
        ),
        new(
            "second factor set up elsewhere",
            "totp.added SignIn",
            w =>
                w.WriteAsync(
                    "totp.added",
                    attempt =>
                        attempt.Changes.Add(
                            new SecondFactor
                            {
                                AccountId = w.Account,
                                TotpConfirmedAt = attempt.At,
                                Version = 1,
                            }
                        )
                )
        ),
        new(
            "connection switched off",
            "connection.changed CommandLine",
            async w =>
            {
                var connection = await w.ByConnectionAsync();
                await DoneAsync(
                    w.Act<ChangeConnection>()
                        .RunAsync(Actor.Operator, w.Id, connection, null, Walk.Draft with { Enabled = false }, Walk.Probe, default)
                );
            }
        ),
        new(
            "connection removed",
            "connection.removed CommandLine",
            async w => await DoneAsync(w.Act<RemoveConnection>().RunAsync(Actor.Operator, w.Id, await w.ByConnectionAsync(), default))
        ),
        new(
            "login taken off",
            "login.unlinked SignIn",
            async w =>
            {
                var connection = await w.ByConnectionAsync();
                await using var db = w.Scene.Server.Store.Read();
                var login = await db.Logins.AsNoTracking().SingleAsync(l => l.ConnectionId == connection);
                await w.WriteAsync("login.unlinked", attempt => attempt.Changes.Remove(login));
            }
        ),
        new(
            "seat lost",
            "role.changed CommandLine",
            w => DoneAsync(w.Act<AssignRole>().RunAsync(Actor.Operator, w.Id, w.Member.Id, "viewer", default))
        )
        {
            Ends = ["seat"],
            Fact = ("role", "viewer"),
        },
        new("role changed", "", w => DoneAsync(w.Act<AssignRole>().RunAsync(Actor.Operator, w.Id, w.Member.Id, "admin", default)))
        {
            Ends = [],
            Fact = ("role", "admin"),
        },
        new(
            "license changed",
            "",
            w => DoneAsync(w.Act<AssignLicense>().RunAsync(Actor.Operator, w.Id, w.Member.Id, "knowledge-only", default))
        )
        {
            Preset = "licensed",
            Ends = [],
            Fact = ("license", "knowledge-only"),
        },
    ];

    [Theory, EachDatabase]
    public async Task What_ends_for_a_person_fails_at_every_app_at_its_next_request_and_each_is_told_and_acknowledges(Database kind)
    {
        await using var sink = await LogoutSink.StartAsync();
        await using var scene = await AppScene.NewAsync(kind);
        var apps = new Dictionary<string, TestApp>
        {
            ["told"] = await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.AddressOf("told") }),
            ["seat"] = await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.AddressOf("seat"), NeedsSeat = true }),
            ["quiet"] = await scene.AppAsync(),
        };
        for (var i = 0; i < Ways.Length; i++)
        {
            var way = Ways[i];
            var workspace = await scene.OtherAsync($"w{i}", way.Preset);
            var name = $"jo{i}@acme.com";
            using var browser = await scene.JoinAsync(name, workspace);
            var walk = new Walk(scene, workspace, browser, await scene.MemberAsync(name, workspace));
            var tokens = new Dictionary<string, JsonElement>();
            foreach (var (app, client) in apps.Where(a => a.Key != "seat" || walk.Member.HasSeat))
            {
                tokens[app] = await AppScene.TokensAsync(client, browser);
            }

            scene.Clock.Advance(TimeSpan.FromSeconds(1));
            var at = scene.Clock.Now;
            await way.Do(walk);
            foreach (var (app, issued) in tokens)
            {
                await AssertAsync(way, app, apps[app], issued);
            }

            await UntilQuietAsync(scene);
            var told = sink.TakeAll();
            Assert.True(
                way.Ends.Where(a => a != "quiet" && tokens.ContainsKey(a)).Order().SequenceEqual(told.Select(t => t.App).Order()),
                $"{way.Name}: told were {string.Join(' ', told.Select(t => t.App))}\n{scene.Server.Log}"
            );
            foreach (var (app, token) in told)
            {
                var logout = await SignInFlowTests.CheckedAsync(scene, apps[app], token);
                Assert.Equal(
                    TestApp.Payload(tokens[app].GetProperty("id_token").GetString()!).GetProperty("sid").GetString(),
                    logout.GetClaim("sid").Value
                );
            }

            var receipts = (await walk.Act<ReadAppReceipts>().RunAsync(Actor.Operator, workspace.Id, walk.Member.Id, default)).Value;
            Assert.Equal(
                way.Ends.Where(tokens.ContainsKey)
                    .Select(a => (apps[a].Id, way.Cause, at, a == "quiet" ? ReceiptState.NotTold : ReceiptState.Acknowledged))
                    .Order(),
                receipts.Select(r => (r.Ending.ClientId, r.Ending.Cause, r.Ending.EndedAt, r.State)).Order()
            );
        }
    }

    [Theory, EachDatabase]
    public async Task An_app_that_comes_to_need_a_seat_loses_who_has_none_and_one_that_is_removed_has_nothing_left(Database kind)
    {
        await using var sink = await LogoutSink.StartAsync();
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.AddressOf("told") });
        using var jo = await scene.JoinAsync("jo@acme.com");
        using var viewer = await scene.JoinAsync("vi@acme.com");
        var member = await scene.MemberAsync("vi@acme.com");
        await DoneAsync(scene.Server.Service<AssignRole>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, "viewer", default));
        var (kept, lost) = (await AppScene.TokensAsync(app, jo), await AppScene.TokensAsync(app, viewer));
        await DoneAsync(
            scene
                .Server.Service<ChangeClient>()
                .RunAsync(Actor.Operator, null, app.Id, null, ClientSettings.Of(app.Client) with { NeedsSeat = true }, default)
        );
        await UntilQuietAsync(scene);
        Assert.False(await app.IsActiveAsync(lost.GetProperty("access_token").GetString()!));
        Assert.Equal(member.AccountId.ToString(), TestApp.Payload(Assert.Single(sink.TakeAll()).Token).GetProperty("sub").GetString());
        kept = (await app.RefreshAsync(kept.GetProperty("refresh_token").GetString()!)).Json;

        await DoneAsync(scene.Server.Service<RemoveClient>().RunAsync(Actor.Operator, null, app.Id, default));
        Assert.Equal(401, (await app.RefreshAsync(kept.GetProperty("refresh_token").GetString()!)).Status);
        Assert.Equal(401, (await app.UserInfoAsync(kept.GetProperty("access_token").GetString()!)).Status);
        Assert.Equal(401, (await app.PostAsync("/connect/introspect", ("token", kept.GetProperty("access_token").GetString()!))).Status);
        Assert.Equal(400, (await jo.GoAsync(app.Authorize())).Status);
        await UntilQuietAsync(scene);
        Assert.Equal(
            (await scene.MemberAsync("jo@acme.com")).AccountId.ToString(),
            TestApp.Payload(Assert.Single(sink.TakeAll()).Token).GetProperty("sub").GetString()
        );
    }

    [Theory, EachDatabase]
    public async Task An_app_that_is_removed_is_told_of_all_who_were_in_it_and_of_those_whose_end_it_had_not_heard(Database kind)
    {
        await using var sink = await LogoutSink.StartAsync();
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.AddressOf("told"), PairwiseSubject = true });
        var quiet = await scene.AppAsync();
        var other = await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.AddressOf("other") });
        using var jo = await scene.JoinAsync("jo@acme.com");
        using var vi = await scene.JoinAsync("vi@acme.com");
        var (joIn, viIn) = (await AppScene.TokensAsync(app, jo), await AppScene.TokensAsync(app, vi));
        await AppScene.TokensAsync(app, jo); // twice the same session: told once
        await AppScene.TokensAsync(quiet, jo);
        var stays = await AppScene.TokensAsync(other, jo);
        sink.Status = 503;
        var viMember = await scene.MemberAsync("vi@acme.com");
        await DoneAsync(scene.Server.Service<SuspendMember>().RunAsync(Actor.Operator, scene.Workspace.Id, viMember.Id, null, default));
        await sink.NextAsync();

        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        var at = scene.Clock.Now;
        await DoneAsync(scene.Server.Service<RemoveClient>().RunAsync(Actor.Operator, null, app.Id, default));
        await DoneAsync(scene.Server.Service<RemoveClient>().RunAsync(Actor.Operator, null, quiet.Id, default));
        sink.Status = 200;
        var told = new Dictionary<string, string>();
        await Until.TrueAsync(async () =>
        {
            scene.Clock.Advance(TimeSpan.FromSeconds(3));
            foreach (var (_, token) in sink.TakeAll())
            {
                told[TestApp.Payload(token).GetProperty("sid").GetString()!] = token;
            }

            await using var db = scene.Server.Store.Read();
            return !await db.AppEndings.AnyAsync(e => e.IsTold && e.AcknowledgedAt == null) && told.Count == 2;
        });
        foreach (var tokens in new[] { joIn, viIn })
        {
            var signedIn = TestApp.Payload(tokens.GetProperty("id_token").GetString()!);
            var logout = await SignInFlowTests.CheckedAsync(scene, app, told[signedIn.GetProperty("sid").GetString()!]);
            Assert.Equal(signedIn.GetProperty("sub").GetString(), logout.Subject);
        }

        async Task<IEnumerable<(string, string, ReceiptState, bool)>> OfAsync(Membership.Id<Member> member) =>
            (await scene.Server.Service<ReadAppReceipts>().RunAsync(Actor.Operator, scene.Workspace.Id, member, default))
                .Value.Select(r => (r.Ending.ClientId, r.Ending.Cause, r.State, r.Ending.EndedAt == at))
                .Order();
        Assert.Equal(
            new[]
            {
                (app.Id, "client.removed CommandLine", ReceiptState.Acknowledged, true),
                (quiet.Id, "client.removed CommandLine", ReceiptState.NotTold, true),
            }.Order(),
            await OfAsync((await scene.MemberAsync("jo@acme.com")).Id)
        );
        Assert.Equal([(app.Id, "member.suspended CommandLine", ReceiptState.Acknowledged, false)], await OfAsync(viMember.Id));
        Assert.True(await other.IsActiveAsync(stays.GetProperty("access_token").GetString()!) || scene.Clock.Now > at.AddMinutes(9));
    }

    private static async Task AssertAsync(Way way, string name, TestApp app, JsonElement tokens)
    {
        var access = tokens.GetProperty("access_token").GetString()!;
        var info = await app.UserInfoAsync(access);
        var isActive = await app.IsActiveAsync(access);
        var refreshed = await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!);
        if (way.Ends.Contains(name))
        {
            Assert.True(
                (401, false, 400) == (info.Status, isActive, refreshed.Status),
                $"{way.Name}, {name}: {info.Status} {isActive} {refreshed.Body}"
            );
            return;
        }

        Assert.True(
            (200, true, 200) == (info.Status, isActive, refreshed.Status),
            $"{way.Name}, {name}: {info.Status} {isActive} {refreshed.Body}"
        );
        foreach (var claims in new[] { info.Json, TestApp.Payload(refreshed.Json.GetProperty("access_token").GetString()!) })
        {
            Assert.Equal(way.Fact.Value, claims.GetProperty(way.Fact.Claim).GetString());
        }
    }

    /// <summary>Until all that waits to be done about apps is done.</summary>
    private static Task UntilQuietAsync(AppScene scene) =>
        Until.TrueAsync(async () =>
        {
            await using var db = scene.Server.Store.Read();
            return !await db.OutboxMessages.AnyAsync(m => EF.Functions.Like(m.Kind, "app.%") && m.DoneAt == null && m.DeadAt == null);
        });

    private static async Task DoneAsync<T>(Task<Membership.Outcome<T>> act) => Assert.Null((await act).Refusal?.Code);

    /// <summary>One person in one workspace, and what may be done to them.</summary>
    private sealed record Walk(AppScene Scene, WorkspaceContext Workspace, Browser Browser, Member Member)
    {
        public static readonly ConnectionDraft Draft = new()
        {
            Kind = ConnectionKind.Oidc,
            Name = "Own",
            Authority = "https://id.example.org",
            ClientId = "um",
            Credential = "a-secret-of-the-tests",
        };

        public Id<Workspace> Id => Workspace.Id;

        public Id<Account> Account => Member.AccountId!.Value;

        public T Act<T>()
            where T : notnull => Scene.Server.Service<T>();

        public static Task<Refusal?> Probe(IdentityConnection connection, CancellationToken ct) => Task.FromResult<Refusal?>(null);

        public async Task<SignedIn> WhoAsync() =>
            (await Act<ReadSession>().RunAsync(Browser.Jar.Cookies["__Host-session"], null, default))!;

        public async Task ConfigureAsync(Func<WorkspaceConfiguration, WorkspaceConfiguration> change) =>
            await DoneAsync(Act<ChangeConfiguration>().RunAsync(Actor.Operator, Id, null, change(Workspace.Configuration), default));

        public async Task WriteAsync(string act, Action<Membership.Data.Attempt> plan)
        {
            var person = Actor.System with { Kind = ActorKind.Person, Door = Door.SignIn };
            await DoneAsync(
                Scene.Server.Store.ChangeAsync<Nothing>(
                    person,
                    null,
                    act,
                    attempt =>
                    {
                        plan(attempt);
                        return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
                    },
                    default
                )
            );
        }

        /// <summary>Makes their sign-in one by a provider of the workspace.</summary>
        public async Task<Id<IdentityConnection>> ByConnectionAsync()
        {
            var made = (await Act<CreateConnection>().RunAsync(Actor.Operator, Id, Draft, Probe, default)).Value;
            var session = (await WhoAsync()).Session;
            await WriteAsync(
                "arranged",
                attempt =>
                {
                    var login = new Login
                    {
                        Id = Id<Login>.New(attempt.Time),
                        AccountId = Account,
                        ConnectionId = made.Id,
                        Issuer = "https://id.example.org",
                        Subject = "jo",
                        CreatedAt = attempt.At,
                        Version = 1,
                    };
                    attempt.Changes.Add(login);
                    attempt.Changes.Update(session, session with { SignedInBy = "oidc", ConnectionId = made.Id, LoginId = login.Id });
                }
            );
            return made.Id;
        }

        public async Task ScimAsync(HttpMethod method, object? body)
        {
            var token = (await Act<CreateScimCredential>().RunAsync(Actor.Operator, Id, "Entra", TimeSpan.FromDays(9), default))
                .Value
                .Token;
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var request = new HttpRequestMessage(method, $"{Scene.Server.Links.Scim(Workspace.Row.Slug)}/Users/{Member.Id}");
            request.Content = body is null ? null : JsonContent.Create(body, new MediaTypeHeaderValue("application/scim+json"));
            using var answer = await http.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }
}
