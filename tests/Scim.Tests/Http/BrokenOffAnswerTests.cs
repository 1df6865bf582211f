using Microsoft.AspNetCore.Http;
using UserManagement.Scim.Http;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

public sealed class BrokenOffAnswerTests
{
    [Fact]
    public async Task What_was_sent_of_an_answer_is_told_also_where_the_client_breaks_off()
    {
        var told = new List<long>();
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();
        await Assert.ThrowsAsync<OperationCanceledException>(() =>
            ScimAnswer.Ok(new Endless()).SendAsync(http.Response, default, CancellationToken.None, told.Add)
        );
        Assert.True(Assert.Single(told) >= 100_000);
    }

    private sealed class Endless : IStreamed
    {
        public async Task WriteToAsync(AnswerStream answer, CancellationToken ct)
        {
            answer.Json.WriteStartArray();
            for (var i = 0; i < 100; i++)
            {
                answer.Json.WriteStringValue(new string('a', 1000));
                await answer.PassAsync(ct);
            }

            throw new OperationCanceledException("The client has gone.");
        }
    }
}
