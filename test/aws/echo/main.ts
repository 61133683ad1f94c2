import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { answer, difference, kept, made, type Props, partsOf, previewed } from "./answers";

// A mock of Pulumi's AWS provider: it gives back what was asked for, with ids that it makes up, reaches nobody and remembers nothing.
// ECHO_OF_AWS_CUTS names a resource in whose making the engine is killed: by then it has saved that it makes it.

const cut = process.env.ECHO_OF_AWS_CUTS;

const provided: UntypedServiceImplementation = {
  getPluginInfo: unary(() => {
    const info = new plugin.PluginInfo();
    info.setVersion("7.48.0");
    return info;
  }),
  getSchema: unary(() => {
    const response = new provider.GetSchemaResponse();
    response.setSchema("{}");
    return response;
  }),
  checkConfig: unary(checked),
  diffConfig: unary(() => new provider.DiffResponse()),
  configure: unary(() => {
    const response = new provider.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    return response;
  }),
  check: unary(checked),
  diff: unary((request: provider.DiffRequest) => {
    const { changed, replaces } = difference(request.getUrn(), of(request.getOldInputs()), of(request.getNews()));
    const response = new provider.DiffResponse();
    const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
    response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
    response.setDiffsList([...changed]);
    response.setReplacesList([...replaces]);
    return response;
  }),
  create: unary((request: provider.CreateRequest) => {
    const [urn, inputs] = [request.getUrn(), of(request.getProperties())];
    const response = new provider.CreateResponse();
    if (!request.getPreview() && partsOf(urn).name === cut) return killed();
    if (!request.getPreview()) response.setId(made(urn, inputs).id);
    response.setProperties(struct(request.getPreview() ? previewed(urn, inputs) : made(urn, inputs).outputs));
    return response;
  }),
  update: unary((request: provider.UpdateRequest) => {
    const response = new provider.UpdateResponse();
    response.setProperties(struct(made(request.getUrn(), of(request.getNews())).outputs));
    return response;
  }),
  read: unary((request: provider.ReadRequest) => {
    const response = new provider.ReadResponse();
    response.setId(request.getId());
    response.setProperties(request.getProperties());
    response.setInputs(request.getInputs());
    return response;
  }),
  delete: unary((request: provider.DeleteRequest) => {
    const reason = kept(request.getUrn(), request.getId(), of(request.getProperties()));
    if (reason !== null) throw new Error(reason);
    return new Empty();
  }),
  invoke: unary((request: provider.InvokeRequest) => {
    const response = new provider.InvokeResponse();
    response.setReturn(struct(answer(request.getTok(), of(request.getArgs()))));
    return response;
  }),
  cancel: unary(() => new Empty()),
};

function checked(request: provider.CheckRequest): provider.CheckResponse {
  const response = new provider.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

/** Its parent, and no answer any more. */
function killed(): Promise<never> {
  process.kill(process.ppid, "SIGKILL");
  return new Promise(() => undefined);
}

function unary<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async ({ request }: ServerUnaryCall<Request, Response>, done) => {
    try {
      done(null, await handle(request));
    } catch (error) {
      done({ code: status.UNKNOWN, details: (error as Error).message });
    }
  };
}

function of(given: Struct | undefined): Props {
  return given?.toJavaScript() ?? {};
}

function struct(props: Props): Struct {
  return Struct.fromJavaScript(props as Record<string, JavaScriptValue>);
}

const server = new Server({ "grpc.max_receive_message_length": -1 });
server.addService(ResourceProviderService as never, provided);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`${port}\n`); // the engine reads it
});
// The engine holds the other end until it ends, however it ends.
process.stdin.on("end", () => process.exit()).resume();
