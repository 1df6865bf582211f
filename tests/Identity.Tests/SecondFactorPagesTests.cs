using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public sealed class SecondFactorPagesTests
{
    // Whoever owes the second factor gets here and nowhere else.
    private static readonly string[] Open =
    [
        "/signin",
        "/w/{slug}/signin",
        "/w/{slug}/ask", // the same for everybody, whoever they are
        "/signin/second",
        "/signin/again",
        "/forgot",
        "/reset/{secret}",
        "/enter/{secret}",
        "/invite/{secret}",
    ];

    [Theory, EachDatabase]
    public async Task Who_owes_the_second_factor_is_led_to_it_from_every_page(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com", "admin");
        await AddTotpAsync(scene, made);
        using var half = new Visitor(scene.Server);
        Assert.Equal("/w/acme/members", (await half.SignInAsync("jo@example.com", returnUrl: "/w/acme/members")).Location);

        var routes = scene
            .Server.Service<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'))
            .Distinct(StringComparer.Ordinal)
            .Where(p =>
                p is "/" or "/workspaces" or "/password"
                || p.StartsWith("/w/", StringComparison.Ordinal)
                || p.StartsWith("/profile", StringComparison.Ordinal)
                || p.StartsWith("/signin", StringComparison.Ordinal)
            )
            .Except(Open)
            .Where(p => !p.Contains("{connection", StringComparison.Ordinal))
            .ToList();
        Assert.True(routes.Count > 20, string.Join(' ', routes));
        List<string> wrong = [];
        foreach (var route in routes)
        {
            var path = Regex.Replace(
                route.Replace("{slug}", "acme", StringComparison.Ordinal),
                "{[^}]*}",
                "0199a000-0000-7000-8000-000000000001"
            );
            var answer = await half.GetAsync(path);
            if (answer.Status != 303 || answer.Location?.StartsWith("/signin/second?returnUrl=", StringComparison.Ordinal) != true)
            {
                wrong.Add($"{path}: {answer.Status} {answer.Location}");
            }
        }

        Assert.Empty(wrong);
        Assert.Contains("Confirm it is you", (await half.GetAsync("/signin/second")).Body);
        foreach (
            var form in (string[])
                [
                    "/profile/security/totp/start",
                    "/profile/security/recovery-codes",
                    "/profile/sessions/end-others",
                    "/password",
                    "/w/acme/profile",
                    "/w/acme/directory/tokens",
                ]
        )
        {
            Assert.StartsWith("/signin/second", (await half.SubmitAsync("/signin/second", form, ("name", "x"))).Location);
        }
    }

    [Theory, EachDatabase]
    public async Task The_app_is_set_up_over_the_pages_and_asked_for_at_the_next_sign_in(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com");
        var (key, codes) = await AddTotpAsync(scene, made);
        Assert.Equal(10, codes.Count);
        Assert.DoesNotContain(codes[0], (await made.GetAsync("/profile/security")).Body);
        Assert.Contains("10 codes are left", (await made.GetAsync("/profile/security")).Body);

        using var visitor = new Visitor(scene.Server);
        await visitor.SignInAsync("jo@example.com", returnUrl: "/w/acme/profile");
        var before = visitor.Session;
        var used = await visitor.SubmitAsync(
            "/signin/second",
            "/signin/second",
            ("code", Totp.Code(key, Totp.StepAt(scene.Clock.Now))),
            ("returnUrl", "/w/acme/profile")
        );
        Assert.Equal(403, used.Status);
        Assert.Contains("used already", used.Body);
        var done = await visitor.SubmitAsync("/signin/second", "/signin/second", ("code", codes[3]), ("returnUrl", "/w/acme/profile"));
        Assert.Equal((303, "/w/acme/profile"), (done.Status, done.Location));
        Assert.NotEqual(before, visitor.Session);
        Assert.Equal(200, (await visitor.GetAsync("/w/acme/profile")).Status);
        Assert.Equal(
            "/",
            (await visitor.SubmitAsync("/profile/sessions", "/signin/second", ("code", codes[4]), ("returnUrl", "//evil.example"))).Location
        );
    }

    [Theory, EachDatabase]
    public async Task An_invitation_is_accepted_after_the_second_factor(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com");
        var (key, _) = await AddTotpAsync(scene, made);
        var other = (await scene.Server.Service<CreateWorkspace>().RunAsync(Actor.Operator, new("other", "Other", "seats"), default)).Value;
        var secret = (
            await scene
                .Server.Service<Membership.Invitations.InvitePeople>()
                .RunAsync(Actor.Operator, other.Id, new() { UserNames = ["jo@example.com"] }, default)
        )
            .Value[0]
            .Outcome
            .Value
            .LinkSecret;
        using var visitor = new Visitor(scene.Server);

        var asked = await visitor.SubmitAsync(
            $"/invite/{secret}",
            "/invite/signin",
            ("secret", secret),
            ("login", "jo@example.com"),
            ("password", Scene.Password)
        );
        Assert.Contains("Confirm it is you", asked.Body);
        var joined = await visitor.PostAsync(
            "/signin/second",
            ("code", Totp.Code(key, Totp.StepAt(scene.Clock.Now) + 1)),
            ("invitation", secret),
            ("__RequestVerificationToken", Visitor.Token(asked.Body))
        );

        Assert.Equal((303, true), (joined.Status, joined.Location!.StartsWith("/w/other", StringComparison.Ordinal)));
    }

    [Theory, EachDatabase]
    public async Task What_is_sensitive_asks_anew_and_comes_back(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com", "admin");
        scene.Clock.Advance(TimeSpan.FromMinutes(5));
        foreach (
            var page in (string[])
                [
                    "/profile/security/totp",
                    "/profile/security/totp/remove",
                    "/profile/security/recovery-codes",
                    "/profile/security/passkeys/new",
                ]
        )
        {
            Assert.Equal("/signin/again?returnUrl=" + Uri.EscapeDataString(page), (await made.GetAsync(page)).Location);
        }

        Assert.Equal(
            "/signin/again?returnUrl=%2Fw%2Facme%2Fdirectory",
            (await made.SubmitAsync("/signin/again", "/w/acme/directory/tokens", ("name", "Entra"), ("days", "30"))).Location
        );
        Assert.Equal(
            "/signin/again?returnUrl=%2Fw%2Facme%2Fapi-keys",
            (await made.SubmitAsync("/signin/again", "/w/acme/api-keys", ("name", "HR"), ("role", "member"), ("days", "30"))).Location
        );
        Assert.Equal(
            "/signin/again?returnUrl=%2Fw%2Facme%2Fsign-in%2Fconnections%2Fnew%3Fkind%3Dentra",
            (await made.GetAsync("/w/acme/sign-in/connections/new?kind=entra")).Location
        );
        Assert.Equal(
            "/signin/again?returnUrl=%2Fw%2Facme%2Fsign-in%2Fconnections%2Fnew%3Fkind%3Dentra",
            (await made.SubmitAsync("/signin/again", "/w/acme/sign-in/connections", ("kind", "entra"))).Location
        );
        Assert.Equal(
            "/signin/again?returnUrl=%2Fprofile%2Flogins",
            (await made.SubmitAsync("/signin/again", "/profile/logins/unlink", ("login", "x"))).Location
        );
        Assert.Equal(403, (await made.SubmitAsync("/signin/again", "/signin/again", ("password", "no"))).Status);
        var done = await made.SubmitAsync(
            "/signin/again?returnUrl=/w/acme/directory",
            "/signin/again",
            ("password", Scene.Password),
            ("returnUrl", "/w/acme/directory")
        );
        Assert.Equal((303, "/w/acme/directory"), (done.Status, done.Location));
        Assert.Equal(
            201,
            (await made.SubmitAsync("/w/acme/directory", "/w/acme/directory/tokens", ("name", "Entra"), ("days", "30"))).Status
        );
    }

    [Theory, EachDatabase]
    public async Task New_recovery_codes_are_made_once_however_often_the_answer_is_loaded(Database kind)
    {
        const string path = "/profile/security/recovery-codes";
        await using var scene = await Scene.NewAsync(kind);
        using var made = await scene.JoinAsync("jo@example.com");
        await AddTotpAsync(scene, made);
        var page = (await made.GetAsync(path)).Body;
        var form = PageForm.Of(page).Single(f => f.Action == path).Fields.Select(f => (f.Name, f.Value)).ToArray();
        Assert.Contains(form, f => f.Name == "formNumber");
        var race = await Rivals.RaceAsync(20, _ => made.PostAsync(path, form));
        Assert.Single(race, r => r.Required.Status == 200);
        Assert.Equal(19, race.Count(r => r.Required.Status == 409 && r.Required.Body.Contains("made already", StringComparison.Ordinal)));
        await using (var db = scene.Server.Store.Read())
        {
            Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Act == "recoveryCodes.made"));
        }

        // without its number, or with that of another form, the question is asked once more
        foreach (var number in (string[])["", "nonsense"])
        {
            var asked = await made.PostAsync(path, [.. form.Where(f => f.Name != "formNumber"), ("formNumber", number)]);
            Assert.Equal(200, asked.Status);
            Assert.Contains("Make new recovery codes?", asked.Body);
        }

        Assert.Equal(200, (await made.SubmitAsync(path, path)).Status); // the new form's is good
    }

    [Theory, EachDatabase]
    public async Task A_passkey_answer_that_does_not_hold_is_a_sentence_and_never_a_fault(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var visitor = new Visitor(scene.Server);
        var origin = scene.Server.PublicUrl.GetLeftPart(UriPartial.Authority);
        var challenge = Options(await visitor.GetAsync("/signin")).GetProperty("challenge").GetString()!;
        var good = new Assertion(challenge, origin, "localhost", "webauthn.get", 5);
        (string Case, string Credential)[] answers =
        [
            ("nothing", ""),
            ("no JSON", "{"),
            ("a list", "[]"),
            ("no Base64", """{"id":"§","clientDataJSON":"§","authenticatorData":"§","signature":"§"}"""),
            ("empty", "{}"),
            ("too long", new string('x', 20_000)),
            ("unknown key", good.Json(key)),
            ("another origin", (good with { Origin = "https://evil.example" }).Json(key)),
            ("a subdomain", (good with { Origin = origin.Replace("localhost", "x.localhost", StringComparison.Ordinal) }).Json(key)),
            ("another relying party", (good with { RpId = "evil.example" }).Json(key)),
            ("another challenge", (good with { Challenge = "AAAA" }).Json(key)),
            ("made, not used", (good with { Type = "webauthn.create" }).Json(key)),
            ("not verified", (good with { Flags = 1 }).Json(key)),
            ("not present", (good with { Flags = 4 }).Json(key)),
        ];
        foreach (var (what, credential) in answers)
        {
            var answer = await visitor.SubmitAsync("/signin", "/signin/passkey", ("credential", credential));
            Assert.True(
                answer.Status == 403 && answer.Body.Contains("passkey", StringComparison.OrdinalIgnoreCase) && visitor.Session is null,
                $"{what}: {answer.Status}"
            );
        }
    }

    [Theory, EachDatabase]
    public async Task A_session_ended_elsewhere_is_dead_at_the_next_request(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        using var here = await scene.JoinAsync("jo@example.com");
        using var there = new Visitor(scene.Server);
        await there.SignInAsync("jo@example.com");
        Assert.Contains("Sign out all others", (await here.GetAsync("/profile/sessions")).Body);

        Assert.Equal(
            "/profile/sessions?notice=others-ended",
            (await here.SubmitAsync("/profile/sessions", "/profile/sessions/end-others")).Location
        );

        Assert.StartsWith("/signin?returnUrl", (await there.GetAsync("/w/acme/profile")).Location);
        Assert.Equal(200, (await here.GetAsync("/w/acme/profile")).Status);
        var mine = (await scene.Server.Service<ReadSession>().RunAsync(here.Session, null, default))!.Session.Id;
        Assert.Equal("/signin?notice=signed-out", (await here.SubmitAsync("/profile/sessions", $"/profile/sessions/{mine}/end")).Location);
        Assert.StartsWith("/signin?returnUrl", (await here.GetAsync("/w/acme/profile")).Location);
    }

    private static JsonElement Options(Answer page) =>
        JsonDocument.Parse(WebUtility.HtmlDecode(Regex.Match(page.Body, "data-options=\"([^\"]*)\"").Groups[1].Value)).RootElement;

    private static async Task<(byte[] Key, IReadOnlyList<string> Codes)> AddTotpAsync(Scene scene, Visitor visitor)
    {
        Assert.StartsWith(
            "/profile/security/totp",
            (await visitor.SubmitAsync("/profile/security", "/profile/security/totp/start")).Location
        );
        var page = await visitor.GetAsync("/profile/security/totp");
        Assert.Contains("<svg class=\"qr\"", page.Body);
        await using var db = scene.Server.Store.Read();
        var key = scene.Server.Store.Box.Open(
            Membership.Accounts.Factors.SecondFactor.TotpPurpose,
            (await db.SecondFactors.AsNoTracking().SingleAsync()).TotpSealed
        )!;
        // copied without blanks, which apps refuse or take for something else
        Assert.Contains($"id=\"totp-key\" value=\"{Totp.Text(key)}\"", page.Body);
        Assert.Contains(string.Join(' ', Totp.Text(key).Chunk(4).Select(c => new string(c))), page.Body);
        var done = await visitor.SubmitAsync(
            "/profile/security/totp",
            "/profile/security/totp",
            ("code", Totp.Code(key, Totp.StepAt(scene.Clock.Now)))
        );
        Assert.Equal(200, done.Status);
        return (
            key,
            [
                .. Regex
                    .Matches(done.Body.Split("recovery-codes-text\" hidden>")[1].Split("</pre>")[0], "[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}")
                    .Select(m => m.Value)
                    .Distinct(),
            ]
        );
    }

    private sealed record Assertion(string Challenge, string Origin, string RpId, string Type, byte Flags)
    {
        public string Json(ECDsa key)
        {
            var client = Encoding.UTF8.GetBytes(
                JsonSerializer.Serialize(
                    new
                    {
                        type = Type,
                        challenge = Challenge,
                        origin = Origin,
                    }
                )
            );
            byte[] data = [.. SHA256.HashData(Encoding.UTF8.GetBytes(RpId)), Flags, 0, 0, 0, 1];
            var signature = key.SignData(
                [.. data, .. SHA256.HashData(client)],
                HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence
            );
            return JsonSerializer.Serialize(
                new
                {
                    id = Base64Url.EncodeToString(new byte[16]),
                    clientDataJSON = Base64Url.EncodeToString(client),
                    authenticatorData = Base64Url.EncodeToString(data),
                    signature = Base64Url.EncodeToString(signature),
                    userHandle = Base64Url.EncodeToString(new byte[16]),
                }
            );
        }
    }
}
