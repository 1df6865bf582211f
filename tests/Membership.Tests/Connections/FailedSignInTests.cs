using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Connections;

public sealed class FailedSignInTests
{
    [Theory, EachDatabase]
    public async Task The_same_failure_again_moves_its_note_and_pushes_no_other_off(Database kind)
    {
        await using var rig = await ConnectionRig.NewAsync(kind);
        var oidc = await rig.OwnAsync(ConnectionKind.Oidc);
        await NoteAsync("unknownPerson", "Somebody came whom nobody knows.");
        for (var i = 0; i < FailedSignIn.Kept * 3; i++)
        {
            await NoteAsync("accessDenied", "The provider said no.");
        }

        var failed = await ReadAsync();
        Assert.Equal((FailedSignIn.Kept * 3) + 1, failed.Count);
        Assert.Equal(["accessDenied", "unknownPerson"], failed.Last.Select(f => f.Kind));
        Assert.Equal(rig.Acme.Clock.Now, failed.Last[0].At);

        // Of different ones the newest stay, whichever places the repeated ones hold.
        await NoteAsync("unknownPerson", "Somebody came whom nobody knows.");
        for (var i = 0; i < FailedSignIn.Kept - 1; i++)
        {
            await NoteAsync("unknownPerson", $"Somebody came as {i}.");
        }

        failed = await ReadAsync();
        Assert.Equal(FailedSignIn.Kept, failed.Last.Count);
        Assert.Equal("Somebody came whom nobody knows.", failed.Last[^1].Sentence);
        Assert.DoesNotContain(failed.Last, f => f.Kind == "accessDenied");

        async Task NoteAsync(string what, string sentence)
        {
            rig.Acme.Clock.Advance(TimeSpan.FromSeconds(1));
            await new NoteFailedSignIn(rig.Acme.Store).RunAsync(oidc, null, what, sentence, default);
        }

        async Task<FailedSignIns> ReadAsync() =>
            (await new ReadFailedSignIns(rig.Acme.Store).RunAsync(Actor.Operator, rig.Acme.Id, oidc.Id, default)).Value;
    }
}
